import { spawn } from "node:child_process";
import { closeSync } from "node:fs";

/** A program as its keeper is told to start it. */
export interface ProgramRequest {
  argv: readonly string[];
  folder: string;
  /** All variables that it sees. */
  env: Record<string, string>;
}

/** How a program ended, or why it could not be started. */
export type ProgramEnd =
  | { code: number | null; signal: NodeJS.Signals | null }
  | { error: { code: string | undefined; message: string } };

/** What its keeper tells of a program, the end last. */
export type ProgramWord = "started" | ProgramEnd;

/** Where the keeper holds the pipes that are the program's standard output and error. */
const pipes = [4, 5] as const;

function tell(word: ProgramWord): void {
  // Who does not hear is gone, and its end is the keeper's too.
  process.send!(word, () => {});
}

function start({ argv, folder, env }: ProgramRequest): void {
  const fail = ({ code, message }: NodeJS.ErrnoException): void =>
    tell({ error: { code, message } });
  try {
    const program = spawn(argv[0]!, argv.slice(1), {
      cwd: folder,
      env,
      stdio: ["ignore", ...pipes],
    });
    program.once("spawn", () => tell("started"));
    program.once("error", fail);
    program.once("exit", (code, signal) => tell({ code, signal }));
  } catch (error) {
    fail(error as NodeJS.ErrnoException);
  }
  // They end when the program and all that it has started let go of them.
  pipes.forEach((pipe) => closeSync(pipe));
}

/*
 * The keeper of a program: leads the group of processes that the program and all it starts belong
 * to, and ends it as soon as its parent is gone. It computes nothing, so that it hears of that at
 * once.
 */
process.once("disconnect", () => process.kill(-process.pid, "SIGKILL"));
process.once("message", start);
