import "../orphan.ts";
import { describe } from "./failure.ts";
import type { Reply, WorkRequest } from "./job.ts";
import { perform } from "./perform.ts";
import type { Progress } from "./task.ts";

const reportEveryMs = 200;

/** Sends to the parent; without one there is nobody to work for. */
const tell = (reply: Reply): Promise<void> =>
  new Promise((resolve) => {
    process.send!(reply, (error: Error | null) => (error ? process.exit(1) : resolve()));
  });

async function work({ job, bundle }: WorkRequest): Promise<Reply> {
  let reportedMs = -Infinity;
  const report = (progress: Progress): void => {
    const nowMs = performance.now();
    if (nowMs - reportedMs < reportEveryMs && progress.step < progress.steps) return;
    reportedMs = nowMs;
    void tell({ type: "progress", progress });
  };
  try {
    return { type: "ended", stopped: await perform(job, bundle, report) };
  } catch (error) {
    return { type: "failed", ...describe(error) };
  }
}

/* The process of one run: waits for its job, does it, tells its parent, and ends with it. */
process.on("disconnect", () => process.exit(1));
// A terminal tells all its processes; the parent decides what becomes of this one.
for (const name of ["SIGINT", "SIGHUP"]) process.on(name, () => {});
process.once("message", (request: WorkRequest) => {
  void work(request)
    .then(tell)
    .then(() => process.exit(0));
});
