import { expect, test } from "vitest";
import { readEntry } from "../../src/site/bibtex.ts";
import {
  citationHtml,
  findReference,
  formatAuthors,
  formatCitation,
  parseBibliography,
} from "../../src/site/citations.ts";

const bibtex = `% Works of some fame.
@article{lecun1998gradient,
  title   = {Gradient-Based Learning Applied to Document Recognition},
  author  = {LeCun, Yann and Bottou, L{\\'e}on and Bengio, Yoshua and Haffner, Patrick},
  journal = {Proceedings of the IEEE}, volume = {86}, number = {11}, year = {1998},
  doi     = {10.1109/5.726791}
}
@inproceedings{glorot2010understanding,
  title     = {Understanding the Difficulty of Training Deep Feedforward Neural Networks},
  author    = {Glorot, Xavier and Bengio, Yoshua},
  booktitle = {AISTATS}, year = {2010},
  url       = {https://proceedings.mlr.press/v9/glorot10a.html}
}
`;
const bibliography = parseBibliography(bibtex);
const lecun = findReference(bibliography, "lecun1998gradient");
const glorot = findReference(bibliography, "glorot2010understanding");

test("every entry has an author, a year and a link", () => {
  expect([...bibliography.keys()]).toEqual(["lecun1998gradient", "glorot2010understanding"]);
  for (const { html } of bibliography.values()) expect(html).toMatch(/<a href="https?:/);
});

test("authors are shortened from three on", () => {
  expect(formatAuthors(["Belkin"])).toBe("Belkin");
  expect(formatAuthors(["Glorot", "Bengio"])).toBe("Glorot and Bengio");
  expect(formatAuthors(["LeCun", "Bottou", "Bengio"])).toBe("LeCun et al.");
});

test("citations stand in the sentence or in parentheses", () => {
  expect(formatCitation(lecun, false)).toBe("LeCun et al. (1998)");
  expect(formatCitation(glorot, true)).toBe("Glorot and Bengio, 2010");
});

test("a citation opens a card of its own and has no space inside the parentheses", () => {
  const mentions = [lecun, glorot].map((reference, i) => ({ reference, id: `cite-${i}` }));
  const html = citationHtml(mentions, true);
  expect(html).toContain('popovertarget="cite-0-card"');
  expect(html).toContain('id="cite-1-card" popover');
  expect(html).toMatch(/^<span class="cite">\(<button/);
  expect(html).toMatch(/<\/span>\)<\/span>$/);
});

test("an unknown key stops the build and names the nearest", () => {
  expect(() => findReference(bibliography, "lecun1998gradiant")).toThrow(
    expect.objectContaining({ hint: "did you mean “lecun1998gradient”?" }),
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
  expect(readEntry(bibtex, "lecun1998gradient")).toMatch(/^@article\{lecun1998gradient,[^@]*\n\}$/);
  expect(readEntry("@misc{a+b, title = {T {U}}}\n@misc{c, x = {}\n}", "a+b")).toBe(
    "@misc{a+b, title = {T {U}}}",
  );
  expect(() => readEntry(bibtex, "nobody")).toThrow("“nobody”");
  expect(() => readEntry("@misc{x, title = {T}", "x")).toThrow("no closing brace");
});
