import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readEntry } from "../../src/site/bibtex.ts";
import {
  citationHtml,
  findReference,
  formatAuthors,
  formatCitation,
  parseBibliography,
} from "../../src/site/citations.ts";

const bibtex = readFileSync("src/content/references.bib", "utf8");
const bibliography = parseBibliography(bibtex);
const zhang = findReference(bibliography, "zhang2020identity");
const frankle = findReference(bibliography, "frankle2019lottery");

test("every entry has an author, a year and a link", () => {
  expect(bibliography.size).toBeGreaterThan(8);
  for (const { html } of bibliography.values()) expect(html).toMatch(/<a href="https?:/);
});

test("authors are shortened from three on", () => {
  expect(formatAuthors(["Belkin"])).toBe("Belkin");
  expect(formatAuthors(["Frankle", "Carbin"])).toBe("Frankle and Carbin");
  expect(formatAuthors(["Zhang", "Bengio", "Hardt"])).toBe("Zhang et al.");
});

test("citations stand in the sentence or in parentheses", () => {
  expect(formatCitation(zhang, false)).toBe("Zhang et al. (2020)");
  expect(formatCitation(frankle, true)).toBe("Frankle and Carbin, 2019");
});

test("a citation opens a card of its own and has no space inside the parentheses", () => {
  const mentions = [zhang, frankle].map((reference, i) => ({ reference, id: `cite-${i}` }));
  const html = citationHtml(mentions, true);
  expect(html).toContain('popovertarget="cite-0-card"');
  expect(html).toContain('id="cite-1-card" popover');
  expect(html).toMatch(/^<span class="cite">\(<button/);
  expect(html).toMatch(/<\/span>\)<\/span>$/);
});

test("an unknown key stops the build and names the nearest", () => {
  expect(() => findReference(bibliography, "zhang2020identiti")).toThrow(
    expect.objectContaining({ hint: "did you mean “zhang2020identity”?" }),
  );
});

test("an entry without a year is refused", () => {
  expect(() => parseBibliography("@misc{x, title = {T}, author = {Doe, Jane}}")).toThrow(
    "“x” needs author, title and year",
  );
});

test("entries are quoted as written", () => {
  expect(readEntry(bibtex, "barth2023inductive")).toMatch(/^@misc\{barth2023inductive,[^@]*\n\}$/);
  expect(() => readEntry(bibtex, "nobody")).toThrow("“nobody”");
});
