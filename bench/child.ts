import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Failure, Ready, Request, Setup, Timing } from "./protocol.ts";

export interface Command {
  file: string;
  args: string[];
  env: NodeJS.ProcessEnv;
}

/** A process that holds one case, idle except while it answers. */
export interface Child {
  ready: Ready;
  /** @throws Error with what the process said when it failed. */
  time(request: Request): Promise<Timing>;
  /** Closes its input and waits for its end. */
  close(): Promise<void>;
}

/** Starts a process and has it prepare a case. @throws Error with its reason if it cannot. */
export async function startChild({ file, args, env }: Command, setup: Setup): Promise<Child> {
  const child = spawn(file, args, { env, stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<string>((resolve) =>
    child.once("close", (code, signal) =>
      resolve(
        signal ? `the process was killed by ${signal}` : `the process ended with code ${code}`,
      ),
    ),
  );
  const failed = new Promise<never>((_, reject) => child.once("error", reject));
  failed.catch(() => {});
  // A process that is gone shows as the end of its lines.
  child.stdin.on("error", () => {});
  /** Of all that libraries write to standard error, the line that most likely says why. */
  let complaint: string | null = null;
  createInterface({ input: child.stderr }).on("line", (line) => {
    if (/error/i.test(line)) complaint = line.trim();
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  async function ask<Answer>(question: Setup | Request): Promise<Answer> {
    child.stdin.write(JSON.stringify(question) + "\n");
    const { value, done } = await Promise.race([lines.next(), failed]);
    if (done) {
      const end = await ended;
      throw new Error(complaint ? `${end}: ${complaint}` : end);
    }
    const answer = JSON.parse(value) as Answer | Failure;
    if (typeof answer === "object" && answer !== null && "error" in answer) {
      throw new Error(answer.error);
    }
    return answer as Answer;
  }

  const close = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  try {
    return { ready: await ask<Ready>(setup), time: (request) => ask<Timing>(request), close };
  } catch (error) {
    child.kill();
    throw error;
  }
}
