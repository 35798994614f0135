import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A folder of its own for the running test, deleted afterwards. */
export async function temporaryFolder(within = tmpdir()): Promise<string> {
  await mkdir(within, { recursive: true });
  const path = await mkdtemp(join(within, "vitrine-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}
