import { UserError } from "../../error.ts";

interface LockedEntry {
  version?: string;
  integrity?: string;
  dependencies?: Record<string, string>;
}

/** The part of package-lock.json (version 3) that is read here. */
export interface Lock {
  /** By path from the project's root, e.g. "node_modules/a/node_modules/b". */
  packages: Record<string, LockedEntry>;
}

/** A package at the place that the lock file gives it. */
export interface LockedPackage {
  path: string;
  name: string;
  version: string;
  /** Of the registry's archive, "sha512-…" in Base64. */
  integrity: string;
}

/** Where Node finds `name` from the package at `from`; null where the lock has none. */
function resolveLocked(lock: Lock, from: string, name: string): string | null {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf("/node_modules/"))) {
    const path = `${folder}/node_modules/${name}`;
    if (lock.packages[path]) return path;
    if (!folder.includes("/node_modules/")) break;
  }
  const path = `node_modules/${name}`;
  return lock.packages[path] ? path : null;
}

/**
 * A package and everything it needs to run, each where the lock file puts it; a folder comes before
 * those nested in it.
 * @throws UserError where the lock file lacks one of them, or what verifies it.
 */
export function listLocked(lock: Lock, name: string): LockedPackage[] {
  const paths = new Set<string>();
  const visit = (from: string, dependency: string): void => {
    const path = resolveLocked(lock, from, dependency);
    if (path === null) {
      throw new UserError(`package-lock.json has no ${dependency}, which ${from || name} needs`, {
        hint: "restore the lock file that came with the project",
      });
    }
    if (paths.has(path)) return;
    paths.add(path);
    for (const next of Object.keys(lock.packages[path]!.dependencies ?? {})) visit(path, next);
  };
  visit("", name);
  return [...paths].map((path) => {
    const { version, integrity } = lock.packages[path]!;
    if (!version || !integrity) {
      throw new UserError(`package-lock.json does not say which ${path} it means`);
    }
    return { path, name: path.slice(path.lastIndexOf("node_modules/") + 13), version, integrity };
  });
}
