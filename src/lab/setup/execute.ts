import { spawn } from "node:child_process";

export interface ExecuteOptions {
  cwd?: string;
  env?: Record<string, string>;
}

/** Runs a command without a shell and gives its standard output. @throws CommandError */
export type Execute = (
  command: string,
  args: readonly string[],
  options?: ExecuteOptions,
) => Promise<string>;

const keptLines = 12;

/** A command that cannot be started, or ends otherwise than with 0. */
export class CommandError extends Error {
  /** Whether the command exists. */
  readonly found: boolean;
  /** Signal that ended it, or null. */
  readonly signal: string | null;
  /** Last lines of standard error, or of the output where that is empty. */
  readonly log: string;

  constructor(command: string, end: { found: boolean; signal: string | null; log: string }) {
    const how = end.found ? (end.signal ? `was ended by ${end.signal}` : "failed") : "is missing";
    super(`${command} ${how}`);
    this.name = "CommandError";
    this.found = end.found;
    this.signal = end.signal;
    this.log = end.log.trimEnd().split("\n").slice(-keptLines).join("\n");
  }
}

/** @param signal ends the command that runs, which then throws the signal's reason. */
export const createExecute =
  (signal: AbortSignal): Execute =>
  (command, args, { cwd, env } = {}) =>
    new Promise((resolve, reject) => {
      const child = spawn(command, args, {
        cwd,
        signal,
        env: { ...process.env, ...env },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const texts = { stdout: "", stderr: "" };
      for (const name of ["stdout", "stderr"] as const) {
        child[name].setEncoding("utf8").on("data", (text: string) => (texts[name] += text));
      }
      child.once("error", (error: NodeJS.ErrnoException) => {
        if (signal.aborted) return reject(signal.reason as Error);
        const found = error.code !== "ENOENT";
        reject(new CommandError(command, { found, signal: null, log: error.message }));
      });
      child.once("close", (code, signal) => {
        if (code === 0) return resolve(texts.stdout);
        const log = texts.stderr.trim() === "" ? texts.stdout : texts.stderr;
        reject(new CommandError(command, { found: true, signal, log }));
      });
    });
