import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { parse as parseYaml } from "yaml";
import { readOptions } from "../src/cli.ts";
import { UserError } from "../src/error.ts";
import { parse } from "../src/lab/parse.ts";
import { defineStudy } from "../src/lab/study.ts";
import { checkStudy } from "../src/lab/declaration.ts";
import { arrays, defineTask, table, value, y, z } from "../src/lab/task.ts";
import { ArticleFront, DocFront, FigureFront, readFrontMatter } from "../src/site/front-matter.ts";
import { parseMdx } from "../src/site/mdx.ts";
import { keysOfInterface, keysOfSchema } from "../src/site/reference.ts";
import { Settings } from "../src/site/settings.ts";
import { readYaml } from "../src/site/yaml.ts";

const names = (await readdir("docs")).filter((name) => /\.mdx?$/.test(name)).sort();
const texts = Object.fromEntries(
  await Promise.all(
    names.map(async (name) => [name, await readFile(join("docs", name), "utf8")] as const),
  ),
);

interface Block {
  language: string;
  code: string;
  /** File that the text names before it; null where it names none. */
  path: string | null;
}

/** Blocks of code of a page, without the margin that they have in lists. */
const blocksOf = (text: string): Block[] =>
  [...text.matchAll(/^( *)```(\w+)\n([\s\S]*?)^ *```/gm)].map(
    ({ 1: margin = "", 2: language, 3: code, index }) => {
      const before = text.slice(0, index).split("```").at(-1)!;
      const path = [...before.matchAll(/`([\w/.-]+\.\w+)`:/g)].at(-1)?.[1] ?? null;
      const lines = code!
        .split("\n")
        .map((line) => line.slice(line.startsWith(margin) ? margin.length : 0));
      return { language: language!, code: lines.join("\n"), path };
    },
  );

const blocks = names.flatMap((name) => blocksOf(texts[name]!).map((block) => ({ name, ...block })));

test("every page has a title, a sentence and a place of its own", () => {
  expect(names.length).toBeGreaterThan(8);
  const fronts = names.map((name) => {
    const { yaml, path } = parseMdx(/^---[\s\S]*?\n---\n/.exec(texts[name]!)![0], `docs/${name}`);
    return readFrontMatter(DocFront, { yaml, path });
  });
  expect(new Set(fronts.map(({ order }) => order)).size).toBe(names.length);
});

test("links between pages lead to pages and their headings", () => {
  const slug = (heading: string) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s-]/gu, "")
      .replaceAll(/\s/g, "-");
  const broken: string[] = [];
  for (const name of names) {
    for (const [, target] of texts[name]!.matchAll(/\]\(([^)]+)\)/g)) {
      const [page, hash] = target!.split("#");
      const text = page === "" ? texts[name] : texts[page!];
      const headings = [...(text ?? "").matchAll(/^#{2,3} (.+)$/gm)].map(([, title]) =>
        slug(title!),
      );
      if (!text || (hash && !headings.includes(hash))) broken.push(`${name}: ${target}`);
    }
  }
  expect(broken).toEqual([]);
});

test("files that pages name are there", async () => {
  const named = [
    ...texts["contributing.md"]!.matchAll(/`((?:src|test|experiments|templates)\/[\w./-]*)`/g),
  ];
  expect(named.length).toBeGreaterThan(20);
  for (const [, path] of named.filter(([, path]) => !/NAME/.test(path!))) {
    await expect(
      readFile(path!).catch((e: NodeJS.ErrnoException) => e.code),
      path,
    ).resolves.not.toBe("ENOENT");
  }
});

test("TypeScript in pages has the right types", async () => {
  await mkdir(".cache", { recursive: true });
  const folder = await mkdtemp(join(".cache", "docs-"));
  try {
    const written = blocks.filter(({ language }) => language === "ts");
    expect(written.length).toBeGreaterThan(6);
    for (const [i, { name, code, path }] of written.entries()) {
      const page = join(folder, basename(name).replace(/\.mdx?$/, ""));
      await mkdir(page, { recursive: true });
      await writeFile(join(page, basename(path ?? `block-${i}.ts`)), code);
    }
    // An example of a figure's code stands beside the study that it is of.
    await cp("experiments/spirals", join(folder, "experiments/spirals"), { recursive: true });
    const config = {
      extends: "../../tsconfig.json",
      include: ["."],
      compilerOptions: { noUnusedLocals: false },
    };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    const check = promisify(execFile)("node_modules/.bin/tsc", ["-p", folder]);
    const output = await check.then(
      () => "",
      ({ stdout }: { stdout: string }) => stdout,
    );
    expect(output.replaceAll(/^src\/.*\n/gm, "")).toBe("");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("settings, front matter and workflows in pages are what they are read as", () => {
  const yaml = blocks.filter(({ language }) => language === "yaml");
  expect(yaml.length).toBeGreaterThan(3);
  for (const { name, code } of yaml) {
    const read = (schema: z.ZodType) => readYaml(schema, { text: code, path: name, line: 1 });
    if (code.includes("runs-on")) {
      const { jobs } = parseYaml(code) as { jobs: { build: { steps: { run?: string }[] } } };
      const [build] = jobs.build.steps.flatMap(
        ({ run = "" }) => /npm run build -- (.+)/.exec(run)?.[1] ?? [],
      );
      const words = build!
        .replaceAll(/\$\{\{ steps\.pages\.outputs\.(\w+) \}\}/g, (_, output) =>
          output === "origin" ? "https://ada.github.io" : "/gallery",
        )
        .replaceAll('"', "")
        .split(" ");
      const options = {
        site: { type: "string", help: "" },
        base: { type: "string", help: "" },
      } as const;
      expect(readOptions(words, options)).toEqual({
        site: ["https://ada.github.io"],
        base: ["/gallery/"],
      });
    } else expect(() => read(code.includes("deck:") ? ArticleFront : Settings)).not.toThrow();
  }
});

test("the tutorial's files are those of the study that the gallery shows", async () => {
  const files = blocks.filter(({ name, path }) => name === "tutorial.md" && path);
  const written = files.filter(({ language }) => language !== "sh");
  expect(written.map(({ path }) => path)).toEqual(
    ["tasks.ts", "classify.ts", "study.ts", "article.mdx"].map(
      (file) => `experiments/spirals/${file}`,
    ),
  );
  for (const { path, code } of written) expect(await readFile(path!, "utf8"), path!).toBe(code);
});

test("commands in pages are scripts of the project", async () => {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  const all = [...Object.values(texts), await readFile("README.md", "utf8")].join("\n");
  const named = new Set([...all.matchAll(/npm run ([\w:]+)/g)].map(([, script]) => script!));
  expect([...named].filter((script) => !(script in scripts))).toEqual([]);
  expect(named.size).toBeGreaterThan(8);
});

/** Keys that a check says it knows when it is given one that is none. */
function known(act: () => unknown): string[] {
  try {
    act();
  } catch (error) {
    const listed = /unknown key “qqqqqqqqqqqqqqqqqqqqqqqq”; known: ([^\n]+)/.exec(
      (error as UserError).message,
    );
    if (listed) return listed[1]!.split(", ").sort();
  }
  throw new Error("the check has found nothing");
}

const odd = { qqqqqqqqqqqqqqqqqqqqqqqq: 1 } as never;
const code = new URL("code.ts", import.meta.url);
const task = defineTask({ name: "task", params: z.strictObject({}), outputs: {}, code });
const withOutput = (output: never) => () =>
  defineTask({ name: "task", params: z.strictObject({}), outputs: { output }, code });
const over = { axis: [1] };
const namesOf = (keys: readonly { name: string }[]) =>
  keys.map(({ name }) => name).filter((name) => !/[.[]/.test(name));
const declared = (file: string, ...names: string[]) =>
  names.flatMap((name) => namesOf(keysOfInterface(`src/lab/${file}.ts`, name)));

test.each([
  [
    "Study",
    declared("study", "Study"),
    () =>
      checkStudy(
        {
          ...defineStudy(() => ({ title: "", tables: {} }))("default"),
          ...(odd as object),
        } as never,
        "study.ts",
      ),
  ],
  [
    "TaskDeclaration",
    declared("task", "TaskDeclaration"),
    () => defineTask({ ...task, ...(odd as object), run: undefined, table: undefined } as never),
  ],
  [
    "TableDeclaration",
    declared("table", "TableDeclaration"),
    () => task.table({ over, run: () => ({}), ...(odd as object) }),
  ],
  [
    "AxisOptions",
    [...declared("table", "AxisOptions"), ...declared("output", "Scaling"), "label"].filter(
      (key) => key !== "better",
    ),
    () => task.table({ over, axes: { axis: odd }, run: () => ({}) }),
  ],
  [
    "a value",
    [...declared("output", "Presentation", "Scaling"), "fields", "kind", "schema"],
    withOutput(value(z.number(), odd) as never),
  ],
  [
    "a column",
    [...declared("output", "Scaling", "ColumnOptions"), "label", "role"],
    withOutput(table({ y: y("", odd) }) as never),
  ],
  [
    "arrays",
    [...declared("output", "Presentation", "Picturing"), "kind", "dimensions"],
    withOutput(arrays({ a: ["y", "x"] }, odd) as never),
  ],
  [
    "front matter of an article",
    namesOf(keysOfSchema(ArticleFront)),
    () => parse(ArticleFront, odd, ""),
  ],
  [
    "front matter of a figure",
    namesOf(keysOfSchema(FigureFront)),
    () => parse(FigureFront, odd, ""),
  ],
  ["settings", namesOf(keysOfSchema(Settings)), () => parse(Settings, odd, "")],
] as [string, string[], () => unknown][])(
  "the reference of %s lists the keys that its check knows",
  (_, keys, check) => {
    expect([...keys].sort()).toEqual(known(check));
  },
);
