import { createInterface } from "node:readline";
import { type Engine, openEngine } from "../src/lab/engines/engine.ts";
import type { Failure, Ready, Request, Setup, Timing } from "./protocol.ts";
import type { Workload } from "./workload.ts";

/** Resolved at run time: the package is the user's own, if it is there. */
const wasmPackage: string = "@tensorflow/tfjs-backend-wasm";

/** An engine by name; besides those of the project TF.js's WebAssembly backend. */
async function open({ engine, threads }: Setup): Promise<Engine> {
  if (engine !== "tfjs-wasm") return openEngine(engine, { threads });
  await import("../src/lab/engines/tfjs.ts");
  await import(wasmPackage);
  const { eager } = await import("../src/lab/engines/eager.ts");
  const { setBackend } = await import("@tensorflow/tfjs-core");
  if (!(await setBackend("wasm"))) throw new Error("the WebAssembly backend does not start");
  return { id: engine, versions: {}, ...eager };
}

const tell = (line: Ready | Timing | Failure): void => {
  process.stdout.write(JSON.stringify(line) + "\n");
};

function timed(workload: Workload, { steps }: Request): Timing {
  const before = process.cpuUsage();
  const startedMs = performance.now();
  workload(steps);
  const ms = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  const rssMb = (process.resourceUsage().maxRSS * 1024) / 1e6;
  return { ms, cpuMs: (user + system) / 1000, rssMb, variant: null };
}

async function start(setup: Setup): Promise<[Workload, Ready]> {
  const startedMs = performance.now();
  const { prepare } = await import("./workload.ts");
  const engine = await open(setup);
  const loadMs = performance.now() - startedMs;
  const compile = prepare(setup.case);
  const preparedMs = performance.now();
  const workload = compile(engine);
  return [workload, { loadMs, compileMs: performance.now() - preparedMs }];
}

try {
  let workload: Workload | null = null;
  for await (const line of createInterface({ input: process.stdin })) {
    if (workload) {
      tell(timed(workload, JSON.parse(line) as Request));
    } else {
      const [started, ready] = await start(JSON.parse(line) as Setup);
      workload = started;
      tell(ready);
    }
  }
} catch (error) {
  tell({ error: error instanceof Error ? error.message : String(error) });
}
process.exit(0);
