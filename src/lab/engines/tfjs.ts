/*
 * TF.js as one: the core's own Node bundle has no gradients, only the union package registers them.
 * The cpu backend's advice to install tfjs-node would stand in every log.
 */
import "@tensorflow/tfjs";
import { engine } from "@tensorflow/tfjs-core";

(engine().findBackend("cpu") as unknown as { firstUse: boolean }).firstUse = false;
