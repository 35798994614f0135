import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { UserError } from "../error.ts";
import { labelsFileOf } from "./collect.ts";
import type { InputFile, Job } from "./job.ts";
import { type NumpyArray, readNpz, writeNpz } from "./npz.ts";
import type { LabelledArray } from "./output.ts";
import { type AnyTask, type Code, type Progress, stopMark, type Stopped } from "./task.ts";

async function readArrays(path: string, labels?: string): Promise<Record<string, LabelledArray>> {
  const arrays: Record<string, NumpyArray> = readNpz(await readFile(path));
  if (!labels) return arrays;
  const named = JSON.parse(await readFile(labels, "utf8")) as Record<
    string,
    LabelledArray["labels"]
  >;
  return Object.fromEntries(
    Object.entries(arrays).map(([name, array]) => [name, { ...array, labels: named[name] }]),
  );
}

async function readInput(input: InputFile): Promise<unknown> {
  if ("list" in input) return Promise.all(input.list.map(readInput));
  switch (input.kind) {
    case "value":
    case "table":
      return JSON.parse(await readFile(input.path, "utf8"));
    case "arrays":
      return readArrays(input.path, input.labels);
    case "file":
      return new Uint8Array(await readFile(input.path));
  }
}

async function writeArrays(out: string, name: string, arrays: Record<string, LabelledArray>) {
  await writeFile(join(out, `${name}.npz`), writeNpz(arrays));
  const labels = Object.entries(arrays)
    .filter(([, array]) => array.labels)
    .map(([array, { labels }]) => [array, labels]);
  if (labels.length > 0) {
    await writeFile(join(out, labelsFileOf(name)), JSON.stringify(Object.fromEntries(labels)));
  }
}

async function writeOutput({ outputs, out }: Job, name: string, held: unknown): Promise<void> {
  const declared = outputs[name];
  if (!declared) {
    throw new UserError(`the code returns an output “${name}” that the task does not declare`, {
      hint: `declared: ${Object.keys(outputs).join(", ")}`,
    });
  }
  const path = join(out, declared.file);
  switch (declared.kind) {
    case "value":
    case "table":
      return writeFile(path, JSON.stringify(held));
    case "arrays":
      return writeArrays(out, name, held as Record<string, LabelledArray>);
    case "file":
      return writeFile(path, held as Uint8Array);
  }
}

const isStopped = (result: unknown): result is Stopped<Record<string, unknown>> =>
  typeof result === "object" && result !== null && stopMark in result;

/**
 * Runs the code of a task and writes its outputs into the job's folder.
 * @param bundle module whose default export does the work.
 * @returns why the run stopped early, or null.
 */
export async function perform(
  job: Job,
  bundle: string,
  report: (progress: Progress) => void,
): Promise<string | null> {
  const module = (await import(pathToFileURL(bundle).href)) as { default?: Code<AnyTask> };
  if (typeof module.default !== "function") {
    throw new UserError("the module of the task does not export a function by default");
  }
  const inputs = await Promise.all(
    Object.entries(job.inputs).map(
      async ([name, input]) => [name, await readInput(input)] as const,
    ),
  );
  const { params, engine } = job;
  const result: unknown = await module.default({
    params,
    inputs: Object.fromEntries(inputs),
    engine,
    report,
  } as Parameters<Code<AnyTask>>[0]);
  const stopped = isStopped(result) ? result : null;
  const outputs = stopped?.outputs ?? (result as Record<string, unknown>);
  for (const [name, held] of Object.entries(outputs)) {
    if (held !== undefined) await writeOutput(job, name, held);
  }
  return stopped?.[stopMark] ?? null;
}
