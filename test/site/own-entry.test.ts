import { expect, test } from "vitest";
import { ownEntry } from "../../src/site/own-entry.ts";

const front = {
  title: "50 % of {all} boots & bags, 1–2",
  deck: "Counted.",
  date: "2026-12-01T00:00:00.000Z",
  authors: [{ name: "Ada Lovelace" }, { name: "The Vitrine authors" }],
};

test("an article is cited with its own title, authors, year and address", () => {
  expect(ownEntry("my-depths", front, "https://example.org/my_depths/")).toBe(
    [
      "@misc{my-depths-2026,",
      "  title        = {50 \\% of all boots \\& bags, 1--2},",
      "  author       = {Ada Lovelace and {The Vitrine authors}},",
      "  howpublished = {Vitrine},",
      "  year         = {2026},",
      "  url          = {https://example.org/my_depths/},",
      "}",
    ].join("\n"),
  );
});

test("what it retells is credited, unless the article says it otherwise", () => {
  const source = {
    title: "A post",
    url: "https://example.org/",
    authors: ["C. D.", "E. F."],
    venue: "Venue 2023",
  };
  const credited = ownEntry("x", { ...front, source }, null);
  expect(credited).toContain(
    "note         = {Independent retelling of C. D., E. F.: A post, Venue 2023},",
  );
  const cite = { key: "boots", note: "After a post" };
  const own = ownEntry("x", { ...front, source, cite }, null);
  expect(own).toContain("@misc{boots,");
  expect(own).toContain("note         = {After a post},");
});
