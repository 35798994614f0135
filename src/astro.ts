import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The module behind the command `astro`. */
function findAstro(): string {
  const manifest = createRequire(import.meta.url).resolve("astro/package.json");
  const { bin } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: { astro: string } };
  return join(dirname(manifest), bin.astro);
}

/**
 * Starts the command `astro` in a process of its own, on this terminal; it ends when this one does,
 * and hears what is sent to it.
 * @param env variables to set besides those of this process; undefined unsets one.
 * @returns the process, and its exit code or the signal's reason when that aborts.
 */
export function startAstro(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): { child: ChildProcess; ended: Promise<number> } {
  const orphan = new URL("orphan.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", orphan, findAstro(), ...args], {
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1", ...env },
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  const stop = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => {
      if (signal.aborted) reject(signal.reason as Error);
      else resolve(exitCode ?? 1);
    });
  });
  return { child, ended };
}

/** As startAstro(), to its end. @throws the signal's reason when it aborts. */
export const runAstro = (...args: Parameters<typeof startAstro>): Promise<number> =>
  startAstro(...args).ended;
