import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildPages, publishGallery } from "../galleries/build.ts";
import { experimentsOf } from "../galleries/make.ts";
import { temporaryFolder } from "../lab/folder.ts";

const article = `---
title: Lines
deck: About lines.
date: 2026-11-24
authors:
  - name: A. Author
---
`;

const figure = "---\ntitle: F\n---\n\n";

let published: string;

beforeAll(async () => {
  published = await publishGallery("chain");
});

afterAll(() => rm(dirname(published), { recursive: true }));

/**
 * Builds the pages of a study with some more files.
 * @returns what it says of mistakes, with paths from the folder of studies.
 */
async function build(files: Record<string, string>) {
  // Within the project, where imports of the library resolve.
  const experiments = await temporaryFolder(resolve(".cache"));
  await cp(experimentsOf("chain"), experiments, { recursive: true });
  for (const [name, text] of Object.entries(files)) {
    const path = join(experiments, "chain", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  const { code, output, remove } = await buildPages(experiments, published);
  await remove();
  const told = output.replaceAll(`${relative(resolve(), experiments)}/`, "");
  const lines = told.split("\n").filter((line) => /error|caught/i.test(line));
  return { code, output, lines };
}

test("in texts: a line each, with file, line and column, before anything is rendered", async () => {
  const { code, output, lines } = await build({
    "article.mdx": `${article}
<Figure id="filter" />

<Value of="fits/curve/y" />, <Value of="fits/degree=3/curve/y" />

<Tiles of="fit" />

<Scatter of="fits" x="degree" y="slope" />
`,
    "figures/filters.mdx": `${figure}<Table of="fits" columns="curve/z" />\n`,
  });
  expect(lines).toEqual([
    "error: chain/article.mdx:9:1: no figure “filter” in figures/; did you mean “filters”?",
    "error: chain/article.mdx:11:1: “fits/curve/y” leaves degree open; add degree=…",
    "error: chain/article.mdx:11:30: unknown value of “degree” in “chain/fits” “3”; did you mean “0”? (known: 0, 1)",
    "error: chain/article.mdx:13:1: unknown table of “chain” “fit”; did you mean “fits”? (known: fits, drawings)",
    expect.stringMatching(
      /^error: chain\/article.mdx:15:1: unknown output “slope” in “fits\/slope”/,
    ),
    expect.stringMatching(/^error: chain\/figures\/filters.mdx:5:1: unknown column “z”/),
  ]);
  expect(code).toBe(1);
  expect(output).not.toContain("    at ");
});

test("while rendering: each once, with file and line, however many pages show it", async () => {
  const { code, output, lines } = await build({
    "article.mdx": `${article}
<Figure id="fits" />

<Value of={["fits", "curve", "y"].join("/")} />
`,
    "figures/fits.mdx": `${figure}<Tiles of={"fit"} />\n`,
  });
  expect(lines.sort()).toEqual([
    "error: chain/article.mdx:11:1: “fits/curve/y” leaves degree open; add degree=…",
    "error: chain/figures/fits.mdx:5:1: unknown table of “chain” “fit”; did you mean “fits”? (known: fits, drawings)",
  ]);
  expect(code).toBe(1);
  expect(output).not.toContain("    at ");
});

test("in a study's own component: its file and line", async () => {
  const { code, output, lines } = await build({
    "figures/fits.mdx": `${figure}import Own from "./Own.astro";\n\n<Own />\n`,
    "figures/Own.astro": `---\nimport { count } from "./count.ts";\n---\n\n<p>{count()}</p>\n`,
    "figures/count.ts": `import { findRows } from "#site/results";

export const count = (): number => findRows("chain", "fit").length;
`,
  });
  expect(lines).toEqual([
    "error: chain/figures/count.ts:3:36: unknown table of “chain” “fit”; did you mean “fits”?",
  ]);
  expect(code).toBe(1);
  expect(output).not.toContain("    at ");
});

test("an error in a study's own component is told as its mistake", async () => {
  const { code, output, lines } = await build({
    "figures/fits.mdx": `${figure}import Own from "./Own.astro";\n\n<Own />\n`,
    "figures/Own.astro": `---\nconst dots: number[][] = [];\nconst first = dots[0]!.length;\n---\n\n<p>{first}</p>\n`,
  });
  expect(lines).toEqual([
    expect.stringMatching(/^error: chain\/figures\/Own.astro:\d+:\d+: Cannot read properties/),
  ]);
  expect(code).toBe(1);
  expect(output).not.toContain("    at ");
});

test("an engine on a page is refused, with the way it came", async () => {
  const { code, output } = await build({
    "figures/fits.mdx": `${figure}import { tensor } from "@tensorflow/tfjs-core";\n`,
  });
  expect(code).not.toBe(0);
  expect(output).toMatch(/a page must not import @tensorflow\/tfjs-core: .*fits\.mdx/);
});
