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

test("a key that stands twice is refused: one of the works would be cited as the other", () => {
  const entry = "@misc{x, title = {T}, author = {Doe, Jane}, year = {2020}}";
  expect(() => parseBibliography(`${entry}\n${entry}`)).toThrow("two entries have the key “x”");
});

test("markup in any field is text", () => {
  const hostile = parseBibliography(String.raw`@article{x,
    title = {A <script>alert(1)</script> at https://e.org/"onfocus="alert(1)},
    author = {{<img src=x onerror=alert(1)>}},
    journal = {J <b onclick=alert(1)>},
    year = {2020},
    doi = {10.1000/"onfocus="alert(1)},
  }`).get("x")!;
  const html = citationHtml([{ reference: hostile, id: 'cite-"x-1' }], false);
  expect(html).toContain('id="cite-&#34;x-1"');
  expect(html).toContain("&#60;img src=x onerror=alert(1)&#62; (2020)</button>");
  expect(hostile.html).toContain("A &#60;script&#62;alert(1)&#60;/script&#62;");
  expect(hostile.html).toContain('<a href="https://e.org/">');
  expect(hostile.html.replace(/<\/?(?:i|a href="https:[^"]*"|a)>/g, "")).not.toMatch(/[<>"']/);
});

test.each([
  ["url = {javascript:alert(1)}", "entry “x” has the address “javascript:alert(1)”"],
  ["url = {data:text/html,x}", "entry “x” has the address"],
  ["doi = {javascript:alert(1)}", "entry “x” has the DOI “javascript:alert(1)”"],
  ["doi = {https://doi.org/10.1000/182}", "entry “x” has the DOI"],
])("addresses lead to the web: %s", (field, message) => {
  const entry = `@misc{x, title = {T}, author = {Doe, Jane}, year = {2020}, ${field}}`;
  expect(() => parseBibliography(entry, "my.bib")).toThrow(`my.bib: ${message}`);
});

test("a text that is no BibTeX is refused with its line, and one that is an address not fetched", () => {
  expect(() => parseBibliography("\n@misc{x, title = {T", "my.bib")).toThrow(/my\.bib.*line 2/);
  expect(() => parseBibliography(`\n@misc{x, title = ${"{".repeat(9999)}`, "my.bib")).toThrow(
    "my.bib: line 2: braces stand 100 deep",
  );
  expect(parseBibliography("http://127.0.0.1:2/").size).toBe(0);
});

test("entries are quoted as written", () => {
  expect(readEntry(bibtex, "barth2023inductive")).toMatch(/^@misc\{barth2023inductive,[^@]*\n\}$/);
  expect(readEntry("@misc{a+b, title = {T {U}}}\n@misc{c, x = {}\n}", "a+b")).toBe(
    "@misc{a+b, title = {T {U}}}",
  );
  expect(() => readEntry(bibtex, "nobody")).toThrow("“nobody”");
  expect(() => readEntry("@misc{x, title = {T}", "x")).toThrow("no closing brace");
});
