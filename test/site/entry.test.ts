import { expect, test } from "vitest";
import { formatEntry } from "../../src/site/entry.ts";

const work = {
  title: "50 % of {all} boots & bags",
  date: new Date("2026-12-01"),
  authors: [{ name: "Ada Lovelace" }, { name: "The Vitrine authors" }],
};

test("an article is cited with its own title, authors, year and address", () => {
  expect(formatEntry("my-depths", work, "https://example.org/my_depths/")).toBe(
    [
      "@misc{my-depths-2026,",
      "  title        = {50 \\% of all boots \\& bags},",
      "  author       = {Ada Lovelace and {The Vitrine authors}},",
      "  howpublished = {Vitrine},",
      "  year         = {2026},",
      "  url          = {https://example.org/my_depths/},",
      "}",
    ].join("\n"),
  );
});

test("what it retells is credited", () => {
  const source = { title: "A post", authors: ["C. D.", "E. F."], venue: "Venue 2023" };
  expect(formatEntry("x", { ...work, source }, null)).toContain(
    "note         = {Independent retelling of C. D., E. F.: A post, Venue 2023},",
  );
});
