import { appendFile, cp, mkdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { runAstro } from "./astro.ts";
import { UserError } from "./error.ts";
import { assertOurs, type Folders, markerName, markFolder } from "./folders.ts";
import { maybeMissing, onDisk, prepareFolder } from "./lab/disk.ts";
import { removeStale, replaceDirectory, temporaryName } from "./lab/atomic.ts";
import { holding } from "./lock.ts";

export interface SitePlan {
  folders: Pick<Folders, "public" | "dist">;
  /** As parseBase() and parseSite() return them. */
  base: string;
  site: string | undefined;
  /** Lays out runs/ in a folder of static files. */
  publish: (publicFolder: string) => Promise<unknown>;
}

export interface SiteEffects {
  say: (line: string) => void;
  signal: AbortSignal;
}

/**
 * Makes sure, before hours of training, that the site can take its place; clears up after builds
 * that were killed.
 * @throws UserError naming the folder where it cannot.
 */
export async function prepareSite(dist: string): Promise<void> {
  await prepareFolder(dirname(dist), 0);
  await removeStale(dirname(dist));
  await assertOurs(dist);
  await refuseMount(dist);
}

/** A folder that is mounted can be filled, but not replaced as a whole. */
async function refuseMount(dist: string): Promise<void> {
  const [found, parent] = [
    await maybeMissing(dist, (there) => stat(there)),
    await stat(dirname(dist)),
  ];
  if (!found || found.dev === parent.dev) return;
  throw new UserError(`${dist} is a disk of its own, which cannot be replaced as a whole`, {
    hint: `name a folder in it: VITRINE_DIST=${join(dist, "site")}`,
  });
}

/** All static files but runs/, which a build lays out for itself: others may be replacing it. */
async function copyStatic(from: string, to: string): Promise<void> {
  const skipped = (path: string): boolean =>
    dirname(path) === from && (basename(path) === "runs" || /^\.(tmp|old)-/.test(basename(path)));
  await mkdir(to, { recursive: true });
  await maybeMissing(from, (there) =>
    cp(there, to, { recursive: true, dereference: true, filter: (path) => !skipped(path) }),
  );
}

/** What a static host and `npm run preview` want to know. */
async function finish(pages: string, base: string): Promise<void> {
  await writeFile(join(pages, ".nojekyll"), "");
  await markFolder(pages);
  await appendFile(join(pages, markerName), `base ${base}\n`);
}

/**
 * Builds all pages beside the site's folder and puts them in its place when they are complete:
 * whatever ends a build before, the old site stays whole.
 * @returns the exit code of Astro.
 * @throws the signal's reason when it aborts.
 */
export async function buildSite(
  { folders, base, site, publish }: SitePlan,
  { say, signal }: SiteEffects,
): Promise<number> {
  const building = join(dirname(folders.dist), temporaryName());
  const [pages, statics] = [join(building, "pages"), join(building, "public")];
  const env = {
    VITRINE_BASE: base,
    VITRINE_SITE: site,
    VITRINE_PUBLIC: statics,
    VITRINE_DIST: pages,
    VITRINE_PAGES_CACHE: join(building, "cache"),
  };
  const wait = (): void => say("another build is making its pages: waiting for it");
  try {
    await copyStatic(folders.public, statics);
    await publish(statics);
    // Astro keeps its list of articles in one place for all builds of a project.
    const build = (): Promise<number> => runAstro(["build"], env, signal);
    const code = await holding(process.cwd(), wait, signal, build);
    if (code !== 0) return code;
    await finish(pages, base);
    await onDisk("replace", folders.dist, () => replaceDirectory(pages, folders.dist));
    say(`the site is in ${folders.dist}`);
    return code;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
