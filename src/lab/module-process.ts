import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { formatDuration } from "./format.ts";
import type { Failure } from "./failure.ts";
import type { Job, Reply, WorkRequest } from "./job.ts";
import type { Progress } from "./task.ts";

/** How the process of a run ended. */
export type ProcessEnd =
  { state: "ended"; stopped: string | null } | ({ state: "failed" } & Failure);

const logLines = 20;

/** Why a process ended that had not said its last word. */
function describeEnd(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal === "SIGKILL") return "the process was killed by SIGKILL; memory may have run out";
  if (signal) return `the process was killed by ${signal}`;
  return `the process ended with code ${code} before it was done`;
}

/** The last lines of standard output and error together. */
function keepLog(child: ChildProcess): string[] {
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    const keep = (lines: string[]): void => {
      log.push(...lines.filter((line) => line.trim() !== ""));
      log.splice(0, log.length - logLines);
    };
    stream?.setEncoding("utf8").on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop()!;
      keep(lines);
    });
    stream?.on("end", () => keep([rest]));
  }
  return log;
}

const minuteMs = 60_000;

/** Words come every few steps; 20 steps of a large network on the slowest engine take an hour. */
export const defaultPatienceMs = 120 * minuteMs;

/** What a process says while it runs, or that it says nothing; at the limit it is ended. */
export type Word =
  { type: "progress"; progress: Progress } | { type: "silent"; silentMs: number; limitMs: number };

/** Calls `speak` when nothing was heard for a while, and `end` when for the whole of its patience. */
function watchSilence(
  patienceMs: number,
  speak: (silentMs: number) => void,
  end: () => void,
): { heard: () => void; stop: () => void } {
  const speakMs = Math.min(5 * minuteMs, patienceMs / 2);
  const speaking = setTimeout(() => speak(speakMs), speakMs);
  const ending = setTimeout(end, patienceMs);
  const both = [speaking, ending];
  return {
    heard: () => both.forEach((timer) => timer.refresh()),
    stop: () => both.forEach(clearTimeout),
  };
}

const worker = fileURLToPath(new URL("work.ts", import.meta.url));

/** Runs a task's module in a process of its own, which ends at once when the signal aborts. */
export function runModule(
  bundle: string,
  job: Job,
  report: (word: Word) => void,
  signal: AbortSignal,
  patienceMs: number,
): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    const child = fork(worker, [], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      execArgv: ["--enable-source-maps"],
      // glibc keeps a heap per thread; a run computes on one, and the others' waste some 20 MB.
      env: { ...process.env, MALLOC_ARENA_MAX: "1" },
    });
    const stop = (): void => void child.kill("SIGKILL");
    signal.addEventListener("abort", stop, { once: true });
    const log = keepLog(child);
    let last: Reply | undefined;
    let tooSilent: string | undefined;
    const silence = watchSilence(
      patienceMs,
      (silentMs) => report({ type: "silent", silentMs, limitMs: patienceMs }),
      () => {
        tooSilent = `nothing was heard of it for ${formatDuration(patienceMs / 1000)}: it was ended`;
        stop();
      },
    );
    child.on("message", (reply: Reply) => {
      silence.heard();
      if (reply.type === "progress") report(reply);
      else last = reply;
    });
    const end = (code: number | null, killed: NodeJS.Signals | null, cause?: Error): void => {
      signal.removeEventListener("abort", stop);
      silence.stop();
      if (last?.type === "ended") resolve({ state: "ended", stopped: last.stopped });
      else if (last?.type === "failed") {
        resolve({ state: "failed", reason: last.reason, log: [...log, ...last.log] });
      } else {
        resolve({
          state: "failed",
          reason: tooSilent ?? cause?.message ?? describeEnd(code, killed),
          log,
        });
      }
    };
    child.once("close", end);
    child.once("error", (error) => {
      child.off("close", end);
      child.kill("SIGKILL");
      end(null, null, error);
    });
    // A process that is gone already shows as "close".
    const request: WorkRequest = { job, bundle };
    child.send(request, () => {});
    if (signal.aborted) stop();
  });
}
