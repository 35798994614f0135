import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { checkStudies } from "../../src/site/check-studies.ts";
import { temporaryFolder } from "../lab/folder.ts";

const front = `---
title: Lines
deck: About lines.
date: 2026-11-24
authors:
  - name: A. Author
---
`;
const works = "@misc{a2020,\n  title = {A},\n  author = {A, B},\n  year = {2020}\n}\n";

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Writes a study and returns what is wrong with it, a line each. */
async function problemsOf(files: Record<string, string>): Promise<string[]> {
  const root = await temporaryFolder();
  vi.stubEnv("VITRINE_PUBLIC", join(root, "public"));
  for (const [name, text] of Object.entries({ "references.bib": works, ...files })) {
    const path = join(root, "lines", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  try {
    checkStudies(root, root);
    return [];
  } catch (error) {
    return (error as Error).message.split("\n");
  }
}

const article = (body: string) => ({ "article.mdx": `${front}\n${body}\n` });

test("a text in order has no problems", async () => {
  const figure = '---\ntitle: F\n---\n\n<Curves of="x" />\n\n<Caption>Words.</Caption>\n';
  expect(
    await problemsOf({
      ...article(
        `<Figure id="errors" /> <FigureRef id="errors" /> <Cite key="a2020" parenthetical />`,
      ),
      "figures/errors.mdx": figure,
    }),
  ).toEqual([]);
});

test.each([
  [`<Figure id="erors" />`, "9:1: no figure “erors” in figures/; did you mean “errors”?"],
  [`Text <FigureRef id="error" />`, "9:6: no figure “error”"],
  [`Text <Cite key="a202" />`, "9:6: no entry “a202” in references.bib; did you mean “a2020”?"],
  [`<Curve of="x" />`, "9:1: unknown component “Curve”; did you mean “Curves”?"],
  [`<Curves off="x" />`, "9:1: Curves has no property “off”; did you mean “of”?"],
  [`<Figure title="x" />`, "9:1: Figure lacks the property “id”"],
  [`<Figure id={"errors"} />`, "9:1: a Figure needs an id in quotes"],
  [`<Scatter of="x" x="y" />`, "9:1: Scatter lacks the property “y”"],
  [`<Figure id="errors" />\n\n<Figure id="errors" />`, "11:1: two figures have the id “errors”"],
  [`<Figure id="errors" title="x" />`, "9:1: “errors” has a title here and a file in figures/"],
  [
    `{true && <Cite key="a2020" />}`,
    "9:1: Cite stands in braces, where it cannot be numbered; write it outside",
  ],
  [`<Tilse of="x" />`, "9:1: unknown component “Tilse”; did you mean “Tiles”?"],
  [
    `import Own from "./Own.astro";\n\n<Own sise={1} />`,
    "11:1: Own has no property “sise”; did you mean “size”?",
  ],
])("%s", async (body, problem) => {
  const problems = await problemsOf({
    ...article(body),
    "figures/errors.mdx": "---\ntitle: F\n---\n\nWords.\n",
    "Own.astro": "---\ninterface Props {\n  size: number;\n}\n---\n",
  });
  expect(problems).toEqual([`lines/article.mdx:${problem}`]);
});

test("front matter: what is wrong, where, and what was meant", async () => {
  expect(await problemsOf({ "article.mdx": "---\ntitle: [a\n---\n" })).toEqual([
    expect.stringMatching(/^lines\/article\.mdx:2:10: /),
  ]);
  const problems = await problemsOf({ "article.mdx": front.replace("deck", "dek") });
  expect(problems.join("\n")).toContain("unknown key “dek”; did you mean “deck”?");
  expect(problems.join("\n")).toContain("lines/article.mdx:1:1: the front matter");
  const undated = await problemsOf({ "article.mdx": front.replace("2026-11-24", "tomorrow") });
  expect(undated).toEqual([
    "lines/article.mdx:1:1: the front matter: date: is no date, e.g. 2026-11-24",
  ]);
});

test("all mistakes are told at once, those in figures too", async () => {
  const problems = await problemsOf({
    ...article(`<Figure id="a" />\n\n<Nothing />`),
    "figures/a.mdx": `---\ntitle: F\n---\n\n<Cite key="zzz" />\n`,
  });
  expect(problems).toEqual([
    "lines/article.mdx:11:1: unknown component “Nothing”; did you mean “Note”?",
    "lines/figures/a.mdx:5:1: no entry “zzz” in references.bib; known: a2020",
  ]);
});
