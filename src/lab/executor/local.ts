import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { removeStale } from "../atomic.ts";
import { formatDuration } from "../format.ts";
import type { Executor, Outcome, RunEvent, Task, WorkerReply, WorkerRequest } from "./executor.ts";

export interface LocalOptions {
  /** Folder of the store that workers commit to. */
  store: string;
  /** Processes at a time; the number of cores by default. */
  jobs?: number;
  /** Milliseconds without a word from a run after which it is ended as failed. */
  patienceMs?: number;
  /** Module that calls serve(). */
  worker?: string;
}

const logLines = 20;

const minuteMs = 60_000;

/** Words come every few steps; 20 steps of the largest network on the slowest engine take an hour. */
const defaultPatienceMs = 120 * minuteMs;

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

/** A process per run on this machine. */
export function createLocalExecutor(options: LocalOptions): Executor {
  const { store, jobs = availableParallelism(), patienceMs = defaultPatienceMs } = options;
  const worker = options.worker ?? fileURLToPath(new URL("../worker.ts", import.meta.url));
  const children = new Set<ChildProcess>();

  const runTask = (task: Task, report: (event: RunEvent) => void): Promise<Outcome> =>
    new Promise((resolve) => {
      const { job } = task;
      const startedMs = performance.now();
      const child = fork(worker, [], {
        serialization: "advanced",
        stdio: ["ignore", "pipe", "pipe", "ipc"],
        execArgv: [],
        // glibc keeps a heap per thread; a run computes on one, and the others' waste some 20 MB.
        env: { ...process.env, MALLOC_ARENA_MAX: "1" },
      });
      children.add(child);
      const log = keepLog(child);
      let last: WorkerReply | undefined;
      let tooSilent: string | undefined;
      report({ type: "start", job });
      const silence = watchSilence(
        patienceMs,
        (silentMs) => report({ type: "silent", job, silentMs, limitMs: patienceMs }),
        () => {
          tooSilent = `nothing was heard of it for ${formatDuration(patienceMs / 1000)}: it was ended`;
          child.kill("SIGKILL");
        },
      );
      child.on("message", (reply: WorkerReply) => {
        silence.heard();
        if (reply.type === "progress") report({ type: "progress", job, progress: reply.progress });
        else last = reply;
      });
      const end = (code: number | null, signal: NodeJS.Signals | null, cause?: Error): void => {
        children.delete(child);
        silence.stop();
        const seconds = (performance.now() - startedMs) / 1000;
        const common = { key: job.key, name: job.name, seconds };
        const outcome: Outcome =
          last?.type === "done"
            ? { status: "done", ...common, summary: last.summary }
            : last?.type === "failed"
              ? { status: "failed", ...common, reason: last.reason, log: last.log }
              : {
                  status: "failed",
                  ...common,
                  reason: tooSilent ?? cause?.message ?? describeEnd(code, signal),
                  log,
                };
        report({ type: "end", job, outcome });
        resolve(outcome);
      };
      child.once("close", end);
      child.once("error", (error) => {
        child.off("close", end);
        child.kill("SIGKILL");
        end(null, null, error);
      });
      const request: WorkerRequest = { ...task, store };
      // A process that is gone already shows as "close".
      child.send(request, () => {});
    });

  const stop = async (): Promise<void> => {
    const ended = [...children].map(
      (child) => new Promise((resolve) => child.once("close", resolve)),
    );
    for (const child of children) child.kill("SIGKILL");
    await Promise.all(ended);
    await removeStale(store);
  };

  return {
    async execute(tasks, report, signal) {
      const outcomes: Outcome[] = [];
      const queue = [...tasks];
      const tell = (event: RunEvent): void => {
        if (!signal.aborted) report(event);
      };
      const lane = async (): Promise<void> => {
        for (let task = queue.shift(); task && !signal.aborted; task = queue.shift()) {
          outcomes.push(await runTask(task, tell));
        }
      };
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      const lanes = Array.from({ length: Math.max(1, Math.min(jobs, tasks.length)) }, lane);
      await Promise.race([Promise.all(lanes), aborted]);
      if (signal.aborted) {
        await stop();
        throw signal.reason;
      }
      await removeStale(store);
      return outcomes;
    },
  };
}
