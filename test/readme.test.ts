import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { StudyRecord } from "../src/lab/run-record.ts";
import type { SiteIndex } from "../src/lab/site-index.ts";

const tutorial = (await readFile("docs/tutorial.md", "utf8")).replaceAll(/^ {3}/gm, "");

/** The tutorial's blocks of code, in order; a file's block belongs to the path named last before it. */
const blocks = [...tutorial.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(
  ({ 1: language, 2: code, index }) => ({
    language: language!,
    code: code!,
    path: [...tutorial.slice(0, index).matchAll(/`([\w/-]+\.(?:ts|mdx))`/g)].at(-1)![1]!,
  }),
);

/** The project as cloned, with packages but without results and caches. */
async function copyProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-readme-"));
  const sources = ["astro.config.mjs", "docs", "experiments", "package-lock.json", "package.json"];
  for (const name of [...sources, "scripts", "src", "templates", "tsconfig.json"]) {
    await cp(name, join(folder, name), { recursive: true });
  }
  await mkdir(join(folder, "node_modules"));
  // Links one by one: what Astro and Vite keep beside the packages is the copy's own.
  const packages = (await readdir("node_modules")).filter((name) => !/^\.(?!bin)/.test(name));
  for (const name of packages) {
    await symlink(resolve("node_modules", name), join(folder, "node_modules", name));
  }
  await rm(join(folder, "experiments/spirals"), { recursive: true });
  return folder;
}

async function execute(command: string, cwd: string) {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("VITRINE_"));
  const env = { ...Object.fromEntries(own), VITRINE_DATA: "drawn", NODE_ENV: "production" };
  const child = spawn(command, { cwd, env, shell: true });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}

let folder: string;
let outputs: string[];

beforeAll(async () => {
  folder = await copyProject();
  outputs = [];
  for (const { language, code, path } of blocks) {
    if (language === "sh") {
      const { code: exitCode, output } = await execute(code, folder);
      expect(exitCode, output).toBe(0);
      outputs.push(output);
    } else {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), code);
    }
  }
});

afterAll(() => rm(folder, { recursive: true }));

const readJson = async <T>(...path: string[]): Promise<T> =>
  JSON.parse(await readFile(join(folder, "public/runs", ...path), "utf8")) as T;

const readPage = async (path: string) =>
  parseHTML(await readFile(join(folder, "dist", path, "index.html"), "utf8")).document;

test("the tutorial's gallery is made once, word for word", () => {
  expect(blocks.map(({ language }) => language)).toEqual(["ts", "ts", "ts", "sh", "mdx", "sh"]);
  expect(outputs[0]).toContain("[done]     classify spirals/widths/width=32/seed=1");
  expect(outputs[1]).toContain("nothing to make");
});

test("its pages show the reader's study: runs, means, figures, the author", async () => {
  const index = await readJson<SiteIndex>("index.json");
  const [table] = index.studies.find(({ id }) => id === "spirals")!.tables;
  expect(table!.rows.map(({ status }) => status)).toEqual(Array(12).fill("done"));
  const records = await Promise.all(
    table!.rows.map(({ key }) => readJson<StudyRecord>(key, "run.json")),
  );
  const meanOf = (width: number): number => {
    const found = records.filter(({ params }) => (params as { width: number }).width === width);
    return found.reduce((sum, { values }) => sum + (values["accuracy"] as number), 0) / 3;
  };
  expect(meanOf(32)).toBeGreaterThan(0.95);
  expect(meanOf(2)).toBeLessThan(0.8);

  const study = await readPage("studies/spirals");
  for (const { key } of table!.rows) {
    expect(study.querySelector(`a[href="/runs/${key}/"]`), key).not.toBeNull();
  }
  const article = await readPage("articles/spirals");
  const shown = [...article.querySelectorAll(".prose p data")].map((data) =>
    Number(data.getAttribute("value")),
  );
  expect(shown).toHaveLength(2);
  [32, 2].forEach((width, i) => expect(shown[i]).toBeCloseTo(meanOf(width), 6));
  expect(article.querySelectorAll("#accuracy svg").length).toBeGreaterThan(0);
  expect(article.querySelectorAll("#planes img").length).toBeGreaterThan(3);
  expect(article.body.textContent).toContain("The Vitrine authors");
});

test("the docs on its site show the tutorial's study, live", async () => {
  const page = await readPage("docs/figures");
  const examples = [...page.querySelectorAll(".docs .example")];
  expect(examples.length).toBeGreaterThan(8);
  for (const example of examples) {
    const source = example.querySelector("pre")!.textContent;
    expect(example.textContent, source).not.toContain("is not in this gallery");
    expect(example.querySelector("svg, img, table, data"), source).not.toBeNull();
    expect(source).toMatch(/^(<[A-Z]|Networks)/);
  }
  const reference = await readPage("docs/reference");
  expect(reference.querySelector('[data-of="site"]')?.textContent).toContain("headline");
});

test("the README's own commands write a study and build it, word for word", async () => {
  const readme = await readFile("README.md", "utf8");
  const [, commands] = /## Your own gallery\n\n```sh\n([\s\S]*?)```/.exec(readme)!;
  const lines = commands!.trim().split("\n");
  expect(lines.at(-1)).toBe("npm run preview");
  const { code, output } = await execute(lines.slice(0, -1).join(" && "), folder);
  expect(code, output).toBe(0);
  const article = await readPage("articles/my-study");
  expect(article.querySelectorAll(".prose figure").length).toBeGreaterThan(2);
});

test("an address that means nothing fails the build, with file, line and what was meant", async () => {
  const path = join(folder, "experiments/spirals/article.mdx");
  const mdx = await readFile(path, "utf8");
  await writeFile(path, mdx.replace("width=32/accuracy", "width=33/accuracy"));
  const { code, output } = await execute("npm run build -- --only spirals", folder);
  expect(code).toBe(1);
  expect(output).toMatch(/experiments\/spirals\/article\.mdx:\d+:\d+: .*33/);
});
