import { appendFile, readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { markerName, markFolder } from "./folders.ts";
import { checksum } from "./lab/digest.ts";
import { maybeMissing } from "./lab/disk.ts";

/** What the mark of a built site tells. */
export interface SiteMark {
  /** As parseBase() returns it. */
  base: string;
  /** Digest of all that its pages were made of. */
  key: string;
}

/** Digest of the names, sizes and times of all files of a site but its mark. */
async function digestListing(folder: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => !entry.isDirectory() && entry.name !== markerName)
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const lines = paths.map(async (path) => {
    const { size, mtimeMs } = await stat(path);
    return [relative(folder, path), size, mtimeMs].join(" ");
  });
  return checksum((await Promise.all(lines)).join("\n"));
}

/** Adds what a static host, `npm run preview` and the next build want to know. */
export async function markSite(pages: string, { base, key }: SiteMark): Promise<void> {
  await writeFile(join(pages, ".nojekyll"), "");
  const listing = await digestListing(pages);
  await markFolder(pages);
  await appendFile(join(pages, markerName), `base ${base}\nmade of ${key}\nholds ${listing}\n`);
}

/** Whether a site was made of the same, and holds what it did then. */
export async function isBuiltOf(dist: string, key: string): Promise<boolean> {
  const mark = await maybeMissing(join(dist, markerName), (path) => readFile(path, "utf8"));
  if (!mark?.includes(`\nmade of ${key}\n`)) return false;
  return mark.includes(`\nholds ${await digestListing(dist)}\n`);
}
