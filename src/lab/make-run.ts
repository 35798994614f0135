import { mkdtemp, readFile, rm } from "node:fs/promises";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { UserError } from "../error.ts";
import { type PlannedRun, recordInput } from "./agenda.ts";
import { collectOutputs, fileOf, labelsFileOf } from "./collect.ts";
import { describeCommand } from "./command-process.ts";
import { describe, type Failure } from "./failure.ts";
import { type RunInput, schemaVersion } from "./graph.ts";
import type { InputFile, Job } from "./job.ts";
import type { ProcessEnd, Word } from "./module-process.ts";
import type { FileOutput, Output } from "./output.ts";
import type { Store } from "./store/store.ts";
import type { InputRecord, StudyRecord } from "./run-record.ts";

/** How the making of a run ended. */
export type Made =
  { status: "done" | "stopped"; record: StudyRecord } | ({ status: "failed" } & Failure);

/** Starts the process of a run and waits for its end. */
export type RunProcess = (
  job: Job,
  report: (word: Word) => void,
  signal: AbortSignal,
  patienceMs: number,
) => Promise<ProcessEnd>;

export interface MakeEffects {
  store: Store<StudyRecord>;
  engine: { name: string; threads: number };
  runProcess: RunProcess;
  report: (word: Word) => void;
  signal: AbortSignal;
  /** Milliseconds without a word from a module after which it is ended; commands have limits of their own. */
  patienceMs: number;
}

function locate(
  input: RunInput,
  records: ReadonlyMap<string, PlannedRun>,
  store: Store<StudyRecord>,
): InputFile {
  switch (input.type) {
    case "data": {
      const { kind, path, labels } = input.data;
      return labels === undefined ? { kind, path } : { kind, path, labels };
    }
    case "list":
      return { list: input.items.map((item) => locate(item, records, store)) };
    case "run": {
      const record = records.get(input.run.key)!.record!;
      const { kind, file } = record.outputs[input.output]!;
      const folder = store.path(input.run.key);
      const labels = labelsFileOf(input.output);
      return Object.hasOwn(record.files, labels)
        ? { kind, path: join(folder, file), labels: join(folder, labels) }
        : { kind, path: join(folder, file) };
    }
  }
}

const mapValues = <V, W>(object: Readonly<Record<string, V>>, to: (value: V, name: string) => W) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, to(value, name)]));

/** The names of the tasks' outputs that are to be read and are not there. */
function missingInputs(inputs: Readonly<Record<string, InputRecord | null>>): string[] {
  return Object.keys(inputs).filter((name) => inputs[name] === null);
}

/** The files of other runs that an input consists of. */
function filesBehind(
  input: RunInput,
  records: ReadonlyMap<string, PlannedRun>,
): { record: StudyRecord; name: string }[] {
  switch (input.type) {
    case "data":
      return [];
    case "list":
      return input.items.flatMap((item) => filesBehind(item, records));
    case "run": {
      const record = records.get(input.run.key)!.record!;
      const names = [record.outputs[input.output]!.file, labelsFileOf(input.output)];
      return names.flatMap((name) => (Object.hasOwn(record.files, name) ? [{ record, name }] : []));
    }
  }
}

/** A file to be read that does not match its checksum; null where all do. */
async function findDamagedInput(
  inputs: readonly RunInput[],
  records: ReadonlyMap<string, PlannedRun>,
  store: Store<StudyRecord>,
): Promise<string | null> {
  for (const { record, name } of inputs.flatMap((input) => filesBehind(input, records))) {
    if (!(await store.readFile(record, name))) return join(store.path(record.key), name);
  }
  return null;
}

async function collectRecord(
  { run }: PlannedRun,
  inputs: Record<string, InputRecord>,
  folder: string,
  stopped: string | null,
  started: Date,
  threads: number,
) {
  const declared = run.task.outputs as Record<string, Output>;
  const collected = await collectOutputs(declared, folder, { partial: stopped !== null });
  const files = await Promise.all(
    collected.files.map(
      async (name) => [name, new Uint8Array(await readFile(join(folder, name)))] as const,
    ),
  );
  const record: Omit<StudyRecord, "files"> = {
    schema: schemaVersion,
    key: run.key,
    task: run.task.name,
    params: run.params,
    status: stopped === null ? "done" : "stopped",
    reason: stopped,
    inputs,
    values: collected.values,
    outputs: collected.outputs,
    provenance: {
      engine: run.engine,
      versions: { node: process.versions.node, ...run.code.packages },
      code: run.code.hash,
      started: started.toISOString(),
      seconds: (Date.now() - started.getTime()) / 1000,
      threads,
      ...(run.code.run.type === "command" && { command: await describeCommand(run.code.run) }),
      cpu: `${cpus()[0]?.model.trim() ?? process.arch} × ${availableParallelism()}`,
    },
  };
  return { record, files: Object.fromEntries(files) };
}

/**
 * Makes one run in a process of its own: a fresh folder, the outputs checked, the result stored.
 * @param records the runs that it reads among them, with their results.
 * @returns a failure for everything that goes wrong with the run.
 * @throws the signal's reason when it aborts.
 */
export async function makeRun(
  planned: PlannedRun,
  records: ReadonlyMap<string, PlannedRun>,
  { store, engine, runProcess, report, signal, patienceMs }: MakeEffects,
): Promise<Made> {
  const { run, name, replace } = planned;
  const inputs = mapValues(run.inputs, (input) => recordInput(input, records));
  const [missing] = missingInputs(inputs);
  if (missing !== undefined) {
    return {
      status: "failed",
      reason: `the run that the input “${missing}” comes from did not yield it`,
      log: [],
    };
  }
  const out = await mkdtemp(join(tmpdir(), "vitrine-run-"));
  const started = new Date();
  try {
    const damaged = await findDamagedInput(Object.values(run.inputs), records, store);
    if (damaged !== null) {
      throw new UserError(`${damaged}, which it reads, does not match its checksum`, {
        hint: "the same command makes what is damaged anew",
      });
    }
    const job: Job = {
      key: run.key,
      name,
      code: run.code.run,
      params: run.params,
      inputs: mapValues(run.inputs, (input) => locate(input, records, store)),
      outputs: mapValues(run.task.outputs as Record<string, FileOutput>, (output, key) => ({
        kind: output.kind,
        file: fileOf(key, output),
      })),
      engine,
      out,
    };
    const end = await runProcess(job, report, signal, patienceMs);
    signal.throwIfAborted();
    if (end.state === "failed") return { status: "failed", reason: end.reason, log: end.log };
    const result = await collectRecord(
      planned,
      inputs as Record<string, InputRecord>,
      out,
      end.stopped,
      started,
      engine.threads,
    );
    const record = await store.commit(run.key, result, { replace });
    return { status: record.status, record };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    return { status: "failed", ...describe(error) };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}
