import type { Reference } from "./citations.ts";
import { isoDate } from "./date.ts";

interface Meta {
  name: string;
  content: string;
}

interface Work {
  title: string;
  date: Date;
  authors: readonly { name: string }[];
  gallery: string;
}

/** Tags that reference managers and Google Scholar read. */
export const scholarlyMeta = (work: Work, cited: readonly Reference[]): Meta[] => [
  { name: "citation_title", content: work.title },
  ...work.authors.map(({ name }) => ({ name: "citation_author", content: name })),
  { name: "citation_publication_date", content: isoDate(work.date).replaceAll("-", "/") },
  // A journal of this name does not exist: reference managers file the work as a report.
  { name: "citation_technical_report_institution", content: work.gallery },
  { name: "citation_language", content: "en" },
  ...cited.map(({ title, authors, year }) => ({
    name: "citation_reference",
    content: [
      `citation_title=${title}`,
      ...authors.map((author) => `citation_author=${author}`),
      `citation_publication_date=${year}`,
    ].join("; "),
  })),
];
