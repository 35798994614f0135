import { expect, test } from "vitest";
import { UserError } from "../../src/error.ts";
import { parseMdx } from "../../src/site/mdx.ts";
import { outlineOf } from "../../src/site/outline.ts";

const figure = parseMdx(
  `---\ntitle: Errors\n---\n\n<Curves of="widths/loss" />\n\n<Caption>As <Cite key="b2021" /> say.</Caption>\n`,
  "lines/figures/errors.mdx",
);

const article = parseMdx(
  `---
title: Lines
---

import Own from "./Own.astro";

See <FigureRef id="last" /> <Cite key="a2020, b2021" />.

{/* <Figure id="never" /> */}

<Figure id="errors" />

\`\`\`
<Figure id="neither" />
\`\`\`

<Figure id="last" title="Last">
  <Tiles of="widths/width=2" />

  <Caption>
    A caption with a formula $x^2$ <Cite key="a2020" />.
  </Caption>
</Figure>

A figure without a caption: <Figure id="bare" title="Bare"><Own of="nothing" /></Figure>
`,
  "lines/article.mdx",
);

test("figures are numbered in the order of the text, comments and code left out", () => {
  const { figures } = outlineOf(article, { errors: figure });
  expect(figures.map(({ id, number }) => [id, number])).toEqual([
    ["errors", 1],
    ["last", 2],
    ["bare", 3],
  ]);
  expect(figures.map(({ hasCaption }) => hasCaption)).toEqual([true, true, false]);
  expect(figures.map(({ shows }) => shows)).toEqual([
    ["widths/loss"],
    ["widths/width=2"],
    ["nothing"],
  ]);
});

test("citations count through the files of figures, where these are placed", () => {
  const { mentions, cited } = outlineOf(article, { errors: figure });
  expect(cited).toEqual([
    { key: "a2020", times: 2 },
    { key: "b2021", times: 2 },
  ]);
  expect(mentions["lines/figures/errors.mdx:7:13"]).toEqual([{ key: "b2021", id: "cite-b2021-2" }]);
});

test("captions know their figure by their place", () => {
  const { captions } = outlineOf(article, { errors: figure });
  expect(captions).toEqual({
    "lines/figures/errors.mdx:7:1": "errors",
    "lines/article.mdx:20:3": "last",
  });
});

test("the page of a figure counts for itself", () => {
  const { figures, mentions } = outlineOf(figure, { errors: figure }, { id: "errors", number: 7 });
  expect(figures).toMatchObject([{ id: "errors", number: 7, hasCaption: true }]);
  expect(Object.values(mentions)).toEqual([[{ key: "b2021", id: "cite-b2021-1" }]]);
});

test("a syntax error has a place", () => {
  expect(() => parseMdx("# A\n\nText <Figure>\n", "x/article.mdx")).toThrow(UserError);
  expect(() => parseMdx("# A\n\nText <Figure>\n", "x/article.mdx")).toThrow(
    /^x\/article\.mdx:3:6: Expected a closing tag for `<Figure>`/,
  );
});
