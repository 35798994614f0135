import { setBackend } from "@tensorflow/tfjs-core";
import "./tfjs.ts";
import { eager } from "./eager.ts";
import type { Engine } from "./engine.ts";
import { versionsOf } from "./versions.ts";

/** TF.js's pure JavaScript backend: the slow reference. */
export const cpuEngine = async (): Promise<() => Engine> => {
  await setBackend("cpu");
  const versions = versionsOf("@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu");
  return () => ({ id: `cpu-${versions["@tensorflow/tfjs-backend-cpu"]}`, versions, ...eager });
};
