import { type ChildProcess, execFile, fork } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CodeToRun } from "./bundle.ts";
import type { Failure } from "./failure.ts";
import type { InputFile, Job } from "./job.ts";
import type { ProcessEnd, Word } from "./module-process.ts";
import type { ProgramEnd, ProgramRequest, ProgramWord } from "./program-keeper.ts";
import type { CommandProvenance } from "./run-record.ts";
import type { Progress } from "./task.ts";

type CommandCode = Extract<CodeToRun, { type: "command" }>;

const logLines = 40;

/** Variables that programs need to start at all. */
const alwaysPassed = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SystemRoot"];

/** The program, its version as it tells it, and the variables that it was given. */
export async function describeCommand({ command }: CommandCode): Promise<CommandProvenance> {
  const { argv, passes } = command;
  const version = await promisify(execFile)(argv[0]!, ["--version"], { timeout: 10_000 }).then(
    ({ stdout, stderr }) => (stdout || stderr).split("\n")[0]!.trim() || null,
    () => null,
  );
  const passed = passes.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { argv, version, passed: Object.fromEntries(passed) };
}

/** The path of an input, or a list of them. */
const pathsOf = (input: InputFile): unknown =>
  "list" in input ? input.list.map(pathsOf) : input.path;

/** Where the names of an input's entries lie; null where they have none. */
const labelsOf = (input: InputFile): unknown =>
  "list" in input ? input.list.map(labelsOf) : (input.labels ?? null);

async function layOut(folder: string, { files }: CommandCode, job: Job): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), Buffer.from(text, "latin1"));
  }
  await symlink(job.out, join(folder, "outputs"), "junction");
  const ofInputs = (tell: (input: InputFile) => unknown) =>
    Object.fromEntries(Object.entries(job.inputs).map(([name, input]) => [name, tell(input)]));
  const told = { params: job.params, inputs: ofInputs(pathsOf), labels: ofInputs(labelsOf) };
  for (const [name, value] of Object.entries(told)) {
    await writeFile(join(folder, `${name}.json`), JSON.stringify(value, null, 1));
  }
}

interface Said {
  progress?: Progress;
  stopped?: string;
}

/** A line of standard output that is meant for us: progress, or the reason of an early end. */
function parseLine(line: string): Said | null {
  if (!line.startsWith("{")) return null;
  let said: Record<string, unknown>;
  try {
    said = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return null;
  }
  const { step, steps, loss, stopped } = said;
  if (typeof stopped === "string") return { stopped };
  if (typeof step !== "number" || typeof steps !== "number") return null;
  return { progress: typeof loss === "number" ? { step, steps, loss } : { step, steps } };
}

/** @returns when the stream is over. */
function onLines(stream: NodeJS.ReadableStream, take: (line: string) => void): Promise<unknown> {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  });
  stream.on("end", () => rest && take(rest));
  return once(stream, "close");
}

function describeEnd(
  argv: readonly string[],
  code: number | null,
  signal: NodeJS.Signals | null,
): string {
  const end = signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
  return `${argv.join(" ")} ${end}`;
}

function describeStart(
  argv: readonly string[],
  { code, message }: { code: string | undefined; message: string },
): Failure {
  const absent = code === "ENOENT";
  const reason = absent ? `the program ${argv[0]} was not found` : message;
  return { reason, log: absent ? ["install it, or put it on the PATH"] : [] };
}

const keeper = fileURLToPath(new URL("program-keeper.ts", import.meta.url));

/** Starts a program in a group of its own, so that what it starts ends with it, whoever is killed. */
function startKept(request: ProgramRequest): ChildProcess {
  const child = fork(keeper, [], {
    detached: true,
    execArgv: [],
    stdio: ["ignore", "ignore", "inherit", "ipc", "pipe", "pipe"],
  });
  // A process that is gone already shows as "exit".
  child.send(request, () => {});
  return child;
}

/** @param started is called when the program runs; its keeper takes a moment to do so. */
const endOf = (child: ChildProcess, started: () => void): Promise<ProgramEnd> =>
  new Promise((resolve, reject) => {
    child.on("message", (word: ProgramWord) => (word === "started" ? started() : resolve(word)));
    child.once("exit", (code, signal) => resolve({ code, signal }));
    child.once("error", reject);
  });

async function follow(
  folder: string,
  { command }: CommandCode,
  report: (word: Word) => void,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  const { argv, passes, limitSeconds } = command;
  const passed = [...alwaysPassed, ...passes].flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const child = startKept({ argv, folder, env: Object.fromEntries(passed) });
  const kill = (): void => {
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // Gone already.
    }
  };
  const log: string[] = [];
  let stopped: string | null = null;
  let late = false;
  const keep = (line: string): void => {
    log.push(line);
    log.splice(0, log.length - logLines);
  };
  const [, , , , output, errors] = child.stdio as unknown as NodeJS.ReadableStream[];
  const heard = [
    onLines(errors!, keep),
    onLines(output!, (line) => {
      const said = parseLine(line);
      if (said?.progress) report({ type: "progress", progress: said.progress });
      else if (said?.stopped !== undefined) stopped = said.stopped;
      else keep(line);
    }),
  ];
  let timer: NodeJS.Timeout | undefined;
  const limit = (): void => {
    timer = setTimeout(() => {
      late = true;
      kill();
    }, 1000 * limitSeconds);
  };
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  try {
    const [end] = await Promise.all([endOf(child, limit), ...heard]);
    if ("error" in end) return { state: "failed", ...describeStart(argv, end.error) };
    if (late) {
      const reason = `${argv.join(" ")} took longer than ${limitSeconds} s and was killed`;
      return { state: "failed", reason, log };
    }
    if (end.code === 0) return { state: "ended", stopped };
    return { state: "failed", reason: describeEnd(argv, end.code, end.signal), log };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
    kill();
  }
}

/**
 * Runs a task's program in a fresh folder that holds the files it declares, params.json,
 * inputs.json, labels.json and the folder outputs, which it fills. See docs/commands.md.
 */
export async function runProgram(
  code: CommandCode,
  job: Job,
  report: (word: Word) => void,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-command-"));
  try {
    await layOut(folder, code, job);
    return await follow(folder, code, report, signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
