import { cp, mkdir, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { runAstro } from "./astro.ts";
import { isBuiltOf, markSite } from "./built-site.ts";
import { UserError } from "./error.ts";
import { assertOurs, type Folders } from "./folders.ts";
import { checksum, digestFiles } from "./lab/digest.ts";
import { maybeMissing, onDisk, prepareFolder } from "./lab/disk.ts";
import { removeStale, replaceDirectory, temporaryName } from "./lab/atomic.ts";
import { holding } from "./lock.ts";

export interface SitePlan {
  folders: Pick<Folders, "experiments" | "public" | "dist">;
  /** As parseBase() and parseSite() return them. */
  base: string;
  site: string | undefined;
  /** Lays out runs/ in a folder of static files. */
  publish: (publicFolder: string) => Promise<unknown>;
  /** Digest of what that lays out. */
  published: string | null;
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

/** Whether a path is in the folder of static files but none of them: others may be replacing runs/. */
const isNoStatic = (statics: string, path: string): boolean =>
  dirname(path) === statics && (basename(path) === "runs" || /^\.(tmp|old)-/.test(basename(path)));

async function copyStatic(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await maybeMissing(from, (there) =>
    cp(there, to, {
      recursive: true,
      dereference: true,
      filter: (path) => !isNoStatic(from, path),
    }),
  );
}

/** What of the project pages are made of, besides studies and their results. */
const sources = [
  "src",
  "astro.config.mjs",
  "package.json",
  "package-lock.json",
  "tsconfig.json",
  join("node_modules", ".package-lock.json"),
];

/** Digest of all that pages are made of. */
async function digestPlan({ folders, base, site, published }: SitePlan): Promise<string> {
  const paths = [...sources.map((path) => resolve(path)), folders.experiments, folders.public];
  const files = await digestFiles(paths, (path) => isNoStatic(folders.public, path));
  return checksum(JSON.stringify([process.version, base, site, published, files]));
}

/**
 * Builds all pages beside the site's folder and puts them in its place when they are complete:
 * whatever ends a build before, the old site stays whole. It stays too where it was made of the
 * same and nobody has touched it.
 * @returns the exit code of Astro.
 * @throws the signal's reason when it aborts.
 */
export async function buildSite(plan: SitePlan, { say, signal }: SiteEffects): Promise<number> {
  const { folders, base, site, publish } = plan;
  const key = await digestPlan(plan);
  if (await isBuiltOf(folders.dist, key)) {
    say(`nothing has changed: the site in ${folders.dist} stays`);
    return 0;
  }
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
    await markSite(pages, { base, key });
    await onDisk("replace", folders.dist, () => replaceDirectory(pages, folders.dist));
    say(`the site is in ${folders.dist}`);
    return code;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}
