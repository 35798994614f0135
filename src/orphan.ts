import { isMainThread, Worker, workerData } from "node:worker_threads";

const lookEveryMs = 200;

/*
 * Importing this module ends the process as soon as its parent is gone. A thread of its own looks,
 * because the main one may be computing and hear of nothing for minutes.
 */
if (isMainThread) {
  // Without arguments: an --import of this module would start threads without end.
  new Worker(new URL(import.meta.url), { workerData: process.ppid, execArgv: [] }).unref();
} else {
  setInterval(() => {
    if (process.ppid !== workerData) process.kill(process.pid, "SIGKILL");
  }, lookEveryMs);
}
