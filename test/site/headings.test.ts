import { expect, test } from "vitest";
import { nestHeadings } from "../../src/site/headings.ts";

const heading = (depth: number, text: string) => ({ depth, slug: text.toLowerCase(), text });

test("third-level headings go under the second-level one before them", () => {
  const sections = nestHeadings([
    heading(2, "A"),
    heading(3, "B"),
    heading(4, "C"),
    heading(2, "D"),
  ]);
  expect(sections.map(({ text, children }) => [text, children.map((child) => child.text)])).toEqual(
    [
      ["A", ["B"]],
      ["D", []],
    ],
  );
});
