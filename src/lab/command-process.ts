import { execFile, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import type { CodeToRun } from "./bundle.ts";
import type { Failure } from "./failure.ts";
import type { InputFile, Job } from "./job.ts";
import type { ProcessEnd, Word } from "./module-process.ts";
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

/** Paths by input name; labels of arrays are the study's own business. */
const pathsOf = (input: InputFile): unknown =>
  "list" in input ? input.list.map(pathsOf) : input.path;

async function layOut(folder: string, { files }: CommandCode, job: Job): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), Buffer.from(text, "latin1"));
  }
  await symlink(job.out, join(folder, "outputs"), "junction");
  const inputs = Object.entries(job.inputs).map(([name, input]) => [name, pathsOf(input)]);
  await writeFile(join(folder, "params.json"), JSON.stringify(job.params, null, 1));
  await writeFile(join(folder, "inputs.json"), JSON.stringify(Object.fromEntries(inputs), null, 1));
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

function onLines(stream: NodeJS.ReadableStream, take: (line: string) => void): void {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    lines.forEach(take);
  });
  stream.on("end", () => rest && take(rest));
}

function describeEnd(
  argv: readonly string[],
  code: number | null,
  signal: NodeJS.Signals | null,
): string {
  const end = signal ? `was killed by ${signal}` : `ended with exit code ${code}`;
  return `${argv.join(" ")} ${end}`;
}

function describeStart(argv: readonly string[], error: NodeJS.ErrnoException): Failure {
  const absent = error.code === "ENOENT";
  const reason = absent ? `the program ${argv[0]} was not found` : error.message;
  return { reason, log: absent ? ["install it, or put it on the PATH"] : [] };
}

async function follow(
  folder: string,
  { command }: CommandCode,
  report: (word: Word) => void,
  signal: AbortSignal,
): Promise<ProcessEnd> {
  const { argv, passes, limitSeconds } = command;
  const passed = [...alwaysPassed, ...passes].flatMap((name) =>
    process.env[name] === undefined ? [] : [[name, process.env[name]]],
  );
  const child = spawn(argv[0]!, argv.slice(1), {
    cwd: folder,
    // A group of its own, so that what the program starts ends with it.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: Object.fromEntries(passed),
  });
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
  onLines(child.stderr, keep);
  onLines(child.stdout, (line) => {
    const said = parseLine(line);
    if (said?.progress) report({ type: "progress", progress: said.progress });
    else if (said?.stopped !== undefined) stopped = said.stopped;
    else keep(line);
  });
  const timer = setTimeout(() => {
    late = true;
    kill();
  }, 1000 * limitSeconds);
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  try {
    return await new Promise<ProcessEnd>((resolve) => {
      child.once("error", (error) => resolve({ state: "failed", ...describeStart(argv, error) }));
      child.once("close", (code, killed) => {
        if (late) {
          const reason = `${argv.join(" ")} took longer than ${limitSeconds} s and was killed`;
          resolve({ state: "failed", reason, log });
        } else if (code === 0) resolve({ state: "ended", stopped });
        else resolve({ state: "failed", reason: describeEnd(argv, code, killed), log });
      });
    });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", kill);
    kill();
  }
}

/**
 * Runs a task's program in a fresh folder that holds the files it declares, params.json,
 * inputs.json and the folder outputs, which it fills. See docs/commands.md.
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
