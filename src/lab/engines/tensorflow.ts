import { createRequire } from "node:module";
import { type KernelBackend, engine, setBackend } from "@tensorflow/tfjs-core";
import { UserError } from "../../error.ts";
import "./tfjs.ts";
import { eager } from "./eager.ts";
import type { Engine } from "./engine.ts";
import { versionsOf } from "./versions.ts";

/** Optional: resolved at run time, so that nothing depends on its being installed. */
const packageName: string = "@tensorflow/tfjs-node";

interface NodeBackend extends KernelBackend {
  binding: { TF_Version: string };
}

/**
 * tfjs-node calls two functions that Node 23 dropped, and 22 warns of
 * (https://github.com/tensorflow/tfjs/issues/8609).
 */
function restoreUtil(): void {
  const util = createRequire(import.meta.url)("node:util") as Record<string, unknown>;
  util["isArray"] = Array.isArray;
  util["isNullOrUndefined"] = (value: unknown) => value === null || value === undefined;
}

/** Loads once per process: libtensorflow reads its number of threads from the environment then. */
async function load(threads: number): Promise<NodeBackend> {
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  process.env["TF_NUM_INTRAOP_THREADS"] = String(threads);
  process.env["TF_NUM_INTEROP_THREADS"] = "1";
  restoreUtil();
  await import(packageName).catch((cause: NodeJS.ErrnoException) => {
    const absent = cause.code === "ERR_MODULE_NOT_FOUND";
    const why = absent ? "is not installed" : `does not load: ${cause.message.split("\n")[0]}`;
    throw new UserError(`${packageName} ${why}`, {
      hint: "npm run setup:tensorflow sets it up, or leave out --engine",
      cause,
    });
  });
  await setBackend("tensorflow");
  return engine().findBackend("tensorflow") as NodeBackend;
}

/** TF.js on libtensorflow, where @tensorflow/tfjs-node is installed. */
export async function tensorflowEngine({ threads }: { threads: number }): Promise<Engine> {
  const { binding } = await load(threads);
  const libtensorflow = binding.TF_Version;
  const versions = { ...versionsOf("@tensorflow/tfjs-core", packageName), libtensorflow };
  return { id: `tensorflow-${libtensorflow}`, versions, ...eager };
}
