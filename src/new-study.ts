import { cp, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stringify } from "yaml";
import { UserError } from "./error.ts";
import { temporaryName } from "./lab/atomic.ts";
import { maybeMissing, onDisk } from "./lab/disk.ts";
import { slugOf } from "./lab/table.ts";
import { nearest } from "./nearest.ts";
import type { Settings } from "./site/settings.ts";

const folder = fileURLToPath(new URL("../templates/", import.meta.url));

/** Names of the folders that new studies are copies of, and the titles of their articles. */
export async function listTemplates(): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort();
  const titles = names.map(async (name) => {
    const article = await readFile(join(folder, name, "article.mdx"), "utf8");
    return [name, /^title: (.+)$/m.exec(article)?.[1] ?? name] as const;
  });
  return Object.fromEntries(await Promise.all(titles));
}

/** @throws UserError for anything but lower-case words joined by hyphens. */
function checkName(name: string): void {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name)) return;
  const meant = slugOf(name)
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  throw new UserError(`the name “${name}” is not lower-case words joined by hyphens`, {
    hint: `it becomes a folder and an address; ${meant ? `try “${meant}”` : "e.g. my-study"}`,
  });
}

/** @throws UserError for a template that there is not. */
async function checkTemplate(template: string): Promise<void> {
  const names = Object.keys(await listTemplates());
  if (names.includes(template)) return;
  const meant = nearest(template, names);
  throw new UserError(`unknown template “${template}”`, {
    hint: meant ? `did you mean “${meant}”?` : `one of ${names.join(", ")}`,
  });
}

/** The front matter of a template with the day and the authors of whom it becomes. */
function sign(article: string, date: string, authors: Settings["authors"]): string {
  const dated = article.replace(/^date: .*$/m, `date: ${date}`);
  if (authors.length === 0) return dated;
  return dated.replace(/^authors:\n(?: +.*\n)+/m, stringify({ authors }));
}

export interface NewStudy {
  /** Of its folder. */
  name: string;
  template: string;
  /** Folder of studies. */
  experiments: string;
  authors: Settings["authors"];
  /** e.g. "2026-11-24" */
  date: string;
}

/**
 * Writes a study as a copy of a template.
 * @returns its files, by paths from its folder.
 * @throws UserError for odd names, unknown templates and folders that exist: nothing is overwritten.
 */
export async function writeStudy(study: NewStudy): Promise<string[]> {
  const { name, template, experiments, authors, date } = study;
  checkName(name);
  await checkTemplate(template);
  const target = join(experiments, name);
  if (await maybeMissing(target, (path) => stat(path))) {
    throw new UserError(`${relative(process.cwd(), target)} exists already`, {
      hint: "choose another name, or move it away",
    });
  }
  const writing = join(experiments, temporaryName());
  return onDisk("write", target, async () => {
    try {
      await mkdir(experiments, { recursive: true });
      await cp(join(folder, template), writing, { recursive: true });
      const article = join(writing, "article.mdx");
      await writeFile(article, sign(await readFile(article, "utf8"), date, authors));
      await rename(writing, target);
    } finally {
      await rm(writing, { recursive: true, force: true });
    }
    const entries = await readdir(target, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => relative(target, join(entry.parentPath, entry.name))).sort();
  });
}
