import type { Code } from "#lab/task";
import type { double } from "./study.ts";

const run: Code<typeof double> = async ({ inputs: { number } }) => ({ double: 2 * number });

export default run;
