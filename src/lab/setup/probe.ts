import { scalar } from "@tensorflow/tfjs-core";
import { openEngine } from "../engines/engine.ts";

/** In a process of its own, which a library that does not fit the machine may end: prints the engine's id. */
const engine = await openEngine("tensorflow", { threads: 1 });
const [values] = engine.evaluate(() => [scalar(2).square()]);
if (values?.[0] !== 4) throw new Error(`2² = ${values?.[0]} by ${engine.id}`);
console.log(engine.id);
