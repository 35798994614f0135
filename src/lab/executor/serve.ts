import { UserError } from "../../error.ts";
import "../../orphan.ts";
import type { Job, Progress, RunOutput, RunRecord } from "../record.ts";
import { openStore } from "../store/store.ts";
import type { RunSummary, WorkerReply, WorkerRequest } from "./executor.ts";

type Run = (job: Job, report: (progress: Progress) => void) => Promise<RunOutput>;

const reportEveryMs = 200;

function summarise(record: RunRecord): RunSummary {
  const bytes = Object.values(record.files).reduce((sum, file) => sum + file.bytes, 0);
  if (record.task !== "train") return { training: null, bytes };
  const { steps, loss, stoppedBy, reason } = record.training;
  const diverged = stoppedBy === "diverged" ? (reason ?? "training diverged") : null;
  return { training: { steps, loss, diverged }, bytes };
}

/** Sends to the parent; without one there is nobody to work for. */
const tell = (reply: WorkerReply): Promise<void> =>
  new Promise((resolve) => {
    process.send!(reply, (error: Error | null) => (error ? process.exit(1) : resolve()));
  });

function describe(error: unknown): { reason: string; log: string[] } {
  if (error instanceof UserError) {
    return { reason: error.message, log: error.hint ? [error.hint] : [] };
  }
  if (error instanceof Error) {
    return { reason: error.message, log: (error.stack ?? "").split("\n") };
  }
  return { reason: String(error), log: [] };
}

async function work({ job, replace, store }: WorkerRequest, run: Run): Promise<WorkerReply> {
  let reportedMs = -Infinity;
  const report = (progress: Progress): void => {
    const nowMs = performance.now();
    if (nowMs - reportedMs < reportEveryMs && progress.step < progress.steps) return;
    reportedMs = nowMs;
    void tell({ type: "progress", progress });
  };
  try {
    const output = await run(job, report);
    const record = await (await openStore(store)).commit(job.key, output, { replace });
    return { type: "done", summary: summarise(record) };
  } catch (error) {
    return { type: "failed", ...describe(error) };
  }
}

/**
 * Makes this process a worker: it waits for one request, runs it, stores the result, tells its
 * parent and ends. It ends at once when its parent does, also while it computes.
 */
export function serve(run: Run): void {
  process.on("disconnect", () => process.exit(1));
  // A terminal tells all its processes; the parent decides what becomes of this one.
  for (const name of ["SIGINT", "SIGHUP"]) process.on(name, () => {});
  process.once("message", (request: WorkerRequest) => {
    void work(request, run)
      .then(tell)
      .then(() => process.exit(0));
  });
}
