import { setTimeout as sleep } from "node:timers/promises";
import { serve } from "../../../../src/lab/executor/serve.ts";
import { createOutput } from "../../job.ts";

/** What a run does is in its name: "study/crash", "study/exit", "study/sleep", … */
serve(async (job, report) => {
  report({ step: 1, steps: 2, loss: 0.5 });
  switch (job.name.split("/")[1]!.split("-")[0]) {
    case "throw":
      throw new Error("the matrix is singular");
    case "exit":
      console.error("first line\nlast line");
      return process.exit(3);
    case "crash":
      process.kill(process.pid, "SIGKILL");
      break;
    case "sleep":
      await sleep(60_000);
      break;
    case "spin":
      await sleep(10);
      // As a call into the engine does: nothing is seen of events until it is over.
      for (;;);
    case "hang":
      await new Promise(() => setInterval(() => {}, 1000));
      break;
    case "block":
      // As a training loop does: no event is seen for a while.
      for (;;) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 300);
        await sleep(1);
      }
  }
  report({ step: 2, steps: 2, loss: 0.25 });
  return createOutput(job.key);
});
