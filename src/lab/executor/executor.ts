import type { Job, Progress } from "../record.ts";

/** A run to make; `replace` where a result under the same key gives way to it. */
export interface Task {
  job: Job;
  replace: boolean;
}

/** What a finished run was, in short. */
export interface RunSummary {
  /** Of the training; null for tasks that train nothing. */
  training: { steps: number; loss: number | null; diverged: string | null } | null;
  /** All files together. */
  bytes: number;
}

export type Outcome =
  | { status: "done"; key: string; name: string; seconds: number; summary: RunSummary }
  | {
      status: "failed";
      key: string;
      name: string;
      seconds: number;
      /** One line, e.g. "the process was killed by SIGKILL". */
      reason: string;
      /** Last lines of what the run wrote. */
      log: string[];
    };

export type RunEvent =
  | { type: "start"; job: Job }
  | { type: "progress"; job: Job; progress: Progress }
  /** Nothing was heard of it for so long; at the limit it is ended. */
  | { type: "silent"; job: Job; silentMs: number; limitMs: number }
  | { type: "end"; job: Job; outcome: Outcome };

/** Where runs execute. */
export interface Executor {
  /**
   * Runs all tasks, in their order as far as there is room, and puts results into the store.
   * A run that fails ends no other.
   * @throws the signal's reason as soon as it is aborted and every run is stopped.
   */
  execute(
    tasks: readonly Task[],
    report: (event: RunEvent) => void,
    signal: AbortSignal,
  ): Promise<Outcome[]>;
}

/** What a worker process is told, once. */
export interface WorkerRequest extends Task {
  /** Folder of the store. */
  store: string;
}

/** What a worker process tells; the last word is "done" or "failed". */
export type WorkerReply =
  | { type: "progress"; progress: Progress }
  | { type: "done"; summary: RunSummary }
  | { type: "failed"; reason: string; log: string[] };
