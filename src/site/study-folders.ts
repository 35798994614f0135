import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

/** What the folder of one study holds for pages: absolute paths, null for what is not there. */
export interface StudyFolder {
  id: string;
  path: string;
  /** Whether something is run: a study.ts. */
  hasRuns: boolean;
  article: string | null;
  /** By id, which is the file's name. */
  figures: Record<string, string>;
  css: string | null;
  references: string | null;
}

function readStudyFolder(path: string, id: string): StudyFolder | null {
  const there = (name: string): string | null =>
    existsSync(join(path, name)) ? join(path, name) : null;
  const study = {
    id,
    path,
    hasRuns: there("study.ts") !== null,
    article: there("article.mdx"),
    css: there("study.css"),
    references: there("references.bib"),
  };
  if (!study.hasRuns && !study.article) return null;
  const names = there("figures") ? readdirSync(join(path, "figures")).sort() : [];
  const figures = names
    .filter((name) => name.endsWith(".mdx"))
    .map((name) => [name.slice(0, -".mdx".length), join(path, "figures", name)]);
  return { ...study, figures: Object.fromEntries(figures) as Record<string, string> };
}

/**
 * The studies and articles of a folder, by name; folders that hold neither are left out.
 * @param experiments absolute; one that does not exist holds nothing.
 */
export function listStudyFolders(experiments: string): StudyFolder[] {
  if (!existsSync(experiments)) return [];
  return readdirSync(experiments, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort()
    .flatMap((id) => readStudyFolder(join(experiments, id), id) ?? []);
}
