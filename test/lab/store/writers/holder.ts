import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { temporaryName } from "../../../../src/lab/atomic.ts";

/** Writes a folder into the one named, says its name, and stays until its input ends. */
const name = temporaryName();
await mkdir(join(process.argv[2]!, name));
console.log(name);
process.stdin.resume();
