import { UserError } from "../error.ts";

/** Why a run failed: one line, and what may help to mend it. */
export interface Failure {
  reason: string;
  /** A stack, a hint, or the last lines that the program wrote. */
  log: string[];
}

/** An error as a failure: hints of the user's mistakes, stacks of all others. */
export function describe(error: unknown): Failure {
  if (error instanceof UserError) {
    return { reason: error.message, log: error.hint ? [error.hint] : [] };
  }
  if (error instanceof Error) {
    return { reason: error.message, log: (error.stack ?? "").split("\n").slice(1) };
  }
  return { reason: String(error), log: [] };
}
