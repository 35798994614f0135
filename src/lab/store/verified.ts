import type { BigIntStats } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeAtomic } from "../atomic.ts";
import { checksum } from "../digest.ts";
import { maybeMissing } from "../disk.ts";

/** How the files of a run look without being read. */
export interface Looks {
  /** Of everything that a write changes: size, times, place on the disk. */
  digest: string;
  /** Whether the next write is sure to change it. */
  isSettled: boolean;
}

/** Which runs were compared with their checksums, and how their files looked then. */
export interface Verified {
  /** Whether the files were compared when they looked so. */
  has: (key: string, looks: Looks) => boolean;
  add: (key: string, looks: Looks) => void;
  /** Has a run compared again, however its files look. */
  forget: (key: string) => void;
  /** Tells other processes; what they have added meanwhile may be lost, and is compared again. */
  save: () => Promise<void>;
}

const fileName = ".verified.json";

/** Two writes within a tick of a file system's clock look the same; FAT's is the longest. */
const tickMs = 2000;

/** @param files checksum and state of each. */
export function looksOf(files: readonly { sha256: string; state: BigIntStats }[]): Looks {
  const seen = files.map(({ sha256, state: { size, mtimeNs, ctimeNs, ino } }) =>
    [sha256, size, mtimeNs, ctimeNs, ino].join(" "),
  );
  const changedMs = Math.max(...files.map(({ state }) => Number(state.ctimeMs)));
  return {
    digest: checksum(seen.join("\n")),
    isSettled: Date.now() - changedMs > tickMs,
  };
}

async function readKnown(path: string): Promise<Map<string, unknown>> {
  const text = await maybeMissing(path, (there) => readFile(there, "utf8"));
  try {
    return new Map(Object.entries((JSON.parse(text ?? "{}") ?? {}) as Record<string, unknown>));
  } catch {
    return new Map();
  }
}

/** @param isAnew whether nothing that was compared earlier counts. */
export async function openVerified(store: string, isAnew: boolean): Promise<Verified> {
  const path = join(store, fileName);
  const known = isAnew ? new Map<string, unknown>() : await readKnown(path);
  let hasChanged = false;
  return {
    has: (key, { digest }) => known.get(key) === digest,
    add: (key, { digest, isSettled }) => {
      if (!isSettled) return;
      known.set(key, digest);
      hasChanged = true;
    },
    forget: (key) => {
      hasChanged = known.delete(key) || hasChanged;
    },
    save: async () => {
      if (!hasChanged) return;
      const there = new Set(await readdir(store));
      const kept = [...known].filter(([key]) => there.has(key));
      await writeAtomic(path, JSON.stringify(Object.fromEntries(kept), null, 1) + "\n");
      hasChanged = false;
    },
  };
}
