import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parseHTML } from "linkedom";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunIndex, TrainRecord } from "../src/lab/record.ts";

const readme = await readFile("README.md", "utf8");
const section = /## Your own gallery\n([\s\S]*?)\n## /.exec(readme)![1]!.replaceAll(/^ {3}/gm, "");

/** The section's blocks of code, in order; a file's block belongs to the path named last before it. */
const blocks = [...section.matchAll(/```(\w+)\n([\s\S]*?)```/g)].map(
  ({ 1: language, 2: code, index }) => ({
    language: language!,
    code: code!,
    path: [...section.slice(0, index).matchAll(/`([\w/-]+\.(?:ts|mdx))`/g)].at(-1)![1]!,
  }),
);

/** The project as cloned, with packages but without results and caches. */
async function copyProject(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-readme-"));
  const sources = ["astro.config.mjs", "experiments", "package-lock.json", "package.json"];
  for (const name of [...sources, "scripts", "src", "tsconfig.json"]) {
    await cp(name, join(folder, name), { recursive: true });
  }
  await mkdir(join(folder, "node_modules"));
  // Links one by one: what Astro and Vite keep beside the packages is the copy's own.
  const packages = (await readdir("node_modules")).filter((name) => !/^\.(?!bin)/.test(name));
  for (const name of packages) {
    await symlink(resolve("node_modules", name), join(folder, "node_modules", name));
  }
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

test("the README's own gallery is trained once, word for word", () => {
  expect(blocks.map(({ language }) => language)).toEqual(["ts", "sh", "mdx", "sh"]);
  expect(outputs[0]).toContain("[done]     train my-depths/cnn-4-16-channels");
  expect(outputs[1]).toContain("nothing to train");
});

test("its page shows the reader's study: rows, runs, the value, and whom to cite", async () => {
  const html = await readFile(join(folder, "dist/articles/my-depths/index.html"), "utf8");
  const runs = join(folder, "public/runs");
  const index = JSON.parse(await readFile(join(runs, "index.json"), "utf8")) as RunIndex;
  const study = index.experiments.find(({ id }) => id === "my-depths")!;
  const keys = study.runs.map(({ key }) => key!);
  const { document } = parseHTML(html);
  const texts = (selector: string) =>
    [...document.querySelectorAll(selector)].map(({ textContent }) => textContent.trim());

  const figure = "#outputs tile-table";
  expect(texts(`${figure} tbody th`)).toEqual([
    expect.stringMatching(/^input/),
    expect.stringMatching(/^2 layers/),
    expect.stringMatching(/^4 layers/),
  ]);
  expect(texts(`${figure} thead th`).slice(0, 3)).toEqual(["training picture", "digit 3", "bag"]);
  const shown = [...document.querySelectorAll(`${figure} img`)].map((img) =>
    img.getAttribute("src"),
  );
  expect(new Set(shown)).toEqual(
    new Set([`/runs/${keys[0]}/inputs.png`, ...keys.map((key) => `/runs/${key}/predictions.png`)]),
  );
  const links = [...document.querySelectorAll("#outputs .source a")];
  expect(links.map((a) => a.getAttribute("href"))).toEqual(
    keys.map((key) => `/runs/${key}/run.json`),
  );

  const record = JSON.parse(
    await readFile(join(runs, keys[1]!, "run.json"), "utf8"),
  ) as TrainRecord;
  const value = document.querySelector(".prose p data")!.getAttribute("value");
  expect(Number(value)).toBe(record.metrics!.displayed.mean.rTrain);

  expect(texts("[aria-label='BibTeX entries']").join()).toContain("author       = {Ada Lovelace}");
  expect(texts("[aria-label='BibTeX entries']").join()).not.toContain("barth2023inductive");
  expect(texts(".article-facts").join()).not.toContain("retelling");
});

test("a study that does not exist fails the build, which names those that do", async () => {
  const path = join(folder, "src/content/articles/my-depths.mdx");
  const mdx = await readFile(path, "utf8");
  await writeFile(
    path,
    mdx.replace("<PredictionsFigure />", '<PredictionsFigure experiment="mine" />'),
  );
  const { code, output } = await execute("npm run build -- --only my-depths", folder);
  expect(code).toBe(1);
  expect(output).toMatch(/unknown experiment “mine”; known: .*cnn-depth.*my-depths/);
});
