import { runProgram } from "./command-process.ts";
import type { RunProcess } from "./make-run.ts";
import { runModule } from "./module-process.ts";

/** A process on this machine for each run: of Node for modules, of its program for commands. */
export const runProcess: RunProcess = (job, report, signal) =>
  job.code.type === "module"
    ? runModule(job.code.path, job, report, signal)
    : runProgram(job.code, job, report, signal);
