import { expect, test } from "vitest";
import { figureNumber, parseKeys, parseOutline, readingMinutes } from "../../src/site/article.ts";

const mdx = `
See <FigureRef id="second" />, after <Cite key="zhang2020identity" />.

<Figure id="first" title="One">
  <Fragment slot="caption">By <Cite key="he2016identity, zhang2020identity" parenthetical /></Fragment>
</Figure>

{/* <Figure id="hidden" title="Not shown"> */}

<Figure
  title="Two"
  id="second"
>
</Figure>
`;

test("figures are numbered in document order, whatever order their attributes have", () => {
  const outline = parseOutline(mdx);
  expect(outline.figures).toEqual(["first", "second"]);
  expect(figureNumber(outline, "second")).toBe(2);
});

test("citations count every mention, also in captions", () => {
  expect(parseOutline(mdx).cited).toEqual([
    { key: "zhang2020identity", times: 2 },
    { key: "he2016identity", times: 1 },
  ]);
});

test("keys may be separated by commas and spaces", () => {
  expect(parseKeys("a, b c")).toEqual(["a", "b", "c"]);
});

test("a doubled id, a missing id and an unknown id stop the build", () => {
  expect(() => parseOutline('<Figure id="a" title="" /> <Figure id="a" title="" />')).toThrow(
    "two figures have the id “a”",
  );
  expect(() => parseOutline('<Figure title="no id" />')).toThrow("figure without an id");
  expect(() => figureNumber(parseOutline(mdx), "secnd")).toThrow(
    expect.objectContaining({ hint: "did you mean “second”?" }),
  );
});

test("reading time counts words, not markup or formulas", () => {
  const words = Array.from({ length: 440 }, () => "word").join(" ");
  expect(readingMinutes(`import X from "x";\n${words} <Figure id="x" /> $$a b c$$`)).toBe(2);
  expect(readingMinutes("")).toBe(1);
});
