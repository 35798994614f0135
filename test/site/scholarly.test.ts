import { expect, test } from "vitest";
import { scholarlyMeta } from "../../src/site/scholarly.ts";

test("title, authors, date and references are there for reference managers", () => {
  const tags = scholarlyMeta(
    { title: "T", date: new Date("2026-11-24"), authors: [{ name: "A B" }], gallery: "G" },
    [{ key: "k", title: "R", authors: ["C", "D"], year: 2020, html: "" }],
  );
  expect(tags).toContainEqual({ name: "citation_title", content: "T" });
  expect(tags).toContainEqual({ name: "citation_author", content: "A B" });
  expect(tags).toContainEqual({ name: "citation_publication_date", content: "2026/11/24" });
  expect(tags).toContainEqual({ name: "citation_technical_report_institution", content: "G" });
  expect(tags.at(-1)?.content).toBe(
    "citation_title=R; citation_author=C; citation_author=D; citation_publication_date=2020",
  );
});
