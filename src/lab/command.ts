import { checkCommand } from "./declaration.ts";

/** A program of any language that does the work of a task. */
export interface Command {
  argv: readonly string[];
  /** Where it is started and what `reads` is relative to. */
  folder: URL;
  /** Files it consists of, glob patterns; their contents are part of the key. */
  reads: readonly string[];
  /** Names of environment variables that it sees; their values are provenance, no part of the key. */
  passes: readonly string[];
  /** Seconds without an end after which it is killed. */
  limitSeconds: number;
}

/**
 * Declares a program as the code of a task.
 * @param argv program and arguments, no shell, e.g. ["python3", "train.py"].
 * @param options.folder `import.meta.url` of the study's module.
 * @throws UserError for misspelt keys and wrong values.
 */
export const command = (
  argv: readonly [string, ...string[]],
  options: {
    folder: URL | string;
    reads: readonly string[];
    passes?: readonly string[];
    limitSeconds?: number;
  },
): Command => {
  checkCommand(argv, options);
  return {
    argv,
    folder: new URL(".", options.folder),
    reads: options.reads,
    passes: options.passes ?? [],
    limitSeconds: options.limitSeconds ?? 24 * 60 * 60,
  };
};

export const isCommand = (code: URL | Command): code is Command => !(code instanceof URL);
