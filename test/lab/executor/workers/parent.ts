import { createLocalExecutor } from "../../../../src/lab/executor/local.ts";
import { createJob } from "../../job.ts";

const [store, worker, ...keys] = process.argv.slice(2) as [string, string, ...string[]];
const executor = createLocalExecutor({ store, worker, jobs: keys.length });
const tasks = keys.map((key) => ({ job: createJob(key), replace: false }));
await executor.execute(
  tasks,
  ({ type }) => type === "progress" && console.log("running"),
  new AbortController().signal,
);
