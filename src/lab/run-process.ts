import { runProgram } from "./command-process.ts";
import type { RunProcess } from "./make-run.ts";
import { runModule } from "./module-process.ts";

/** A process on this machine for each run: of Node for modules, of its program for commands. */
export const runProcess: RunProcess = (job, report, signal, patienceMs) =>
  job.code.type === "module"
    ? runModule(job.code.path, job, report, signal, patienceMs)
    : runProgram(job.code, job, report, signal);
