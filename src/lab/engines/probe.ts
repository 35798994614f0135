import { scalar } from "@tensorflow/tfjs-core";
import { openEngine } from "./engine.ts";

/*
 * A process of its own, which a library that does not fit the machine may end: prints the id of the
 * engine that its argument names, after a computation.
 */
const engine = await openEngine(process.argv[2]!, { threads: 1 });
const [values] = engine.evaluate(() => [scalar(2).square()]);
if (values?.[0] !== 4) throw new Error(`2² = ${values?.[0]} by ${engine.id}`);
console.log(engine.id);
