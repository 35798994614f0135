import { spawn } from "node:child_process";
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
 * Runs the command `astro` in a process of its own, on this terminal; it ends when this one does.
 * @param env variables to set besides those of this process; undefined unsets one.
 * @returns its exit code.
 * @throws the signal's reason when it aborts.
 */
export async function runAstro(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  signal: AbortSignal,
): Promise<number> {
  const orphan = new URL("orphan.ts", import.meta.url).href;
  const child = spawn(process.execPath, ["--import", orphan, findAstro(), ...args], {
    env: { ...process.env, ASTRO_TELEMETRY_DISABLED: "1", ...env },
    stdio: "inherit",
  });
  const stop = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  if (signal.aborted) stop();
  const code = await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve(exitCode ?? 1));
  });
  signal.throwIfAborted();
  return code;
}
