import type { Code } from "#lab/task";
import type { compare } from "./study.ts";

const run: Code<typeof compare> = async ({ inputs: { estimate } }) => ({
  error: Math.abs(estimate - Math.PI),
});

export default run;
