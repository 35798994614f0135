import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** The module behind the command `astro`. */
function findAstro(): string {
  const manifest = createRequire(import.meta.url).resolve("astro/package.json");
  return join(dirname(manifest), "bin", "astro.mjs");
}

/**
 * Builds the pages from what is published, in a process of its own.
 * @returns its exit code.
 * @throws the signal's reason when it aborts.
 */
export async function buildPages(
  address: { base: string | null; site: string | null },
  signal: AbortSignal,
): Promise<number> {
  const env = {
    ...process.env,
    ASTRO_TELEMETRY_DISABLED: "1",
    ...(address.base === null ? {} : { VITRINE_BASE: address.base }),
    ...(address.site === null ? {} : { VITRINE_SITE: address.site }),
  };
  const child = spawn(process.execPath, [findAstro(), "build"], { env, stdio: "inherit" });
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
