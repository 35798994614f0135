import { setBackend } from "@tensorflow/tfjs-core";
import { UserError } from "../../error.ts";
import "./tfjs.ts";
import { eager } from "./eager.ts";
import type { Engine } from "./engine.ts";
import { versionsOf } from "./versions.ts";

/** Optional: resolved at run time, so that nothing depends on its being installed. */
const packageName: string = "@tensorflow/tfjs-node";

/** TF.js on libtensorflow, where @tensorflow/tfjs-node is installed. */
export async function tensorflowEngine(): Promise<() => Engine> {
  process.env["TF_CPP_MIN_LOG_LEVEL"] ??= "2";
  const loaded = await import(packageName).catch((cause: unknown) => {
    throw new UserError(
      "the engine “tensorflow” needs @tensorflow/tfjs-node, which does not load",
      {
        hint: "npm install it where its download of libtensorflow works, or leave out --engine",
        cause,
      },
    );
  });
  await setBackend("tensorflow");
  const { version } = loaded as { version: Record<string, string> };
  const libtensorflow = version["tensorflow"] ?? "unknown";
  const versions = { ...versionsOf("@tensorflow/tfjs-core", packageName), libtensorflow };
  return () => ({ id: `tensorflow-${libtensorflow}`, versions, ...eager });
}
