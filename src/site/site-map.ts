import { studies } from "virtual:studies";
import { siteIndex } from "./results.ts";
import type { ArticlePage, StudyPages } from "./study-context.ts";

/** Whether anything of a study was run, so that it has a page of results. */
export const hasRuns = (study: string): boolean =>
  siteIndex().studies.some(({ id }) => id === study);

/** Whether a study has a result to show. */
export const hasResults = (study: string): boolean =>
  siteIndex().studies.some(
    ({ id, tables }) =>
      id === study && tables.some(({ rows }) => rows.some(({ status }) => status === "done")),
  );

/** That of its article, else of its runs. */
export function studyTitle(study: string): string {
  const article = studies.find(({ id }) => id === study)?.article;
  const runs = siteIndex().studies.find(({ id }) => id === study);
  return article?.front.title ?? runs?.title ?? study;
}

/** What the folder of a study holds for pages; null where it holds runs only. */
export const studyPages = (study: string): StudyPages | null =>
  studies.find(({ id }) => id === study) ?? null;

/** Studies with an article, the newest first. */
export const articles = (): (StudyPages & { article: ArticlePage })[] =>
  studies
    .flatMap((study) => (study.article ? [{ ...study, article: study.article }] : []))
    .sort((a, b) => b.article.front.date.localeCompare(a.article.front.date));
