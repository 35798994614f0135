import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import { parseHTML } from "linkedom";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./browser/chromium.ts";
import { serve } from "./browser/site.ts";
import { findViolations, visit } from "./browser/visit.ts";
import { type Ended, root, start, startByNpm } from "./scripts/gallery.ts";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const templates = (await readdir("templates")).filter((name) => hasPython || name !== "command");

const browser: Browser | null = await launchChromium();
let env: Record<string, string>;
let built: Ended;

const create = (...args: string[]) => start("new", args, env).ended;

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-templates-"));
  env = {
    VITRINE_EXPERIMENTS: join(root, ".cache", basename(folder)),
    VITRINE_RESULTS: join(folder, "results"),
    VITRINE_PUBLIC: join(folder, "public"),
    VITRINE_DIST: join(folder, "dist"),
  };
  await mkdir(env["VITRINE_EXPERIMENTS"]!, { recursive: true });
  const settings = "authors:\n  - name: Ada Lovelace\n    url: https://example.org/ada\n";
  await writeFile(join(env["VITRINE_EXPERIMENTS"]!, "site.yaml"), settings);
  for (const template of templates) {
    const { code, stderr } = await create(`my-${template}`, "--template", template);
    expect(code, stderr).toBe(0);
  }
  built = await start("build", ["--profile", "quick"], env).ended;
});

afterAll(async () => {
  await browser?.close();
  for (const folder of [env["VITRINE_EXPERIMENTS"]!, dirname(env["VITRINE_DIST"]!)]) {
    await rm(folder, { recursive: true });
  }
});

const readPage = async (path: string) =>
  parseHTML(await readFile(join(env["VITRINE_DIST"]!, path, "index.html"), "utf8")).document;

test("studies of all templates build at once, without a failure or a warning", () => {
  expect(built.code, built.stdout + built.stderr).toBe(0);
  expect(built.stdout + built.stderr).not.toMatch(/warn|\[failed\]|\[stopped\]/i);
  expect(built.stdout).toContain(`pages: 3 others, ${templates.length} articles`);
});

describe.each(templates)("a study of the template “%s”", (template) => {
  test("holds what the template does, dated today and signed as the site is", async () => {
    const copy = join(env["VITRINE_EXPERIMENTS"]!, `my-${template}`);
    const [files, originals] = await Promise.all(
      [copy, join("templates", template)].map((path) => readdir(path, { recursive: true })),
    );
    expect(files!.sort()).toEqual(originals!.sort());
    const article = await readPage(`articles/my-${template}`);
    const today = new Date().toISOString().slice(0, 10);
    expect(article.querySelector("time")?.getAttribute("datetime")).toBe(today);
    const author = article.querySelector(".article-facts a");
    expect(author?.textContent).toBe("Ada Lovelace");
    expect(author?.getAttribute("href")).toBe("https://example.org/ada");
  });

  test("has an article whose numbers and figures are made of its runs", async () => {
    const article = await readPage(`articles/my-${template}`);
    expect(article.querySelectorAll(".prose p data").length).toBeGreaterThanOrEqual(2);
    const figures = [...article.querySelectorAll(".prose figure")];
    expect(figures.length).toBeGreaterThanOrEqual(3);
    for (const figure of figures) {
      expect(figure.querySelector("svg, img, table"), figure.id).not.toBeNull();
      expect(figure.querySelector("figcaption")?.textContent, figure.id).toMatch(/\w/);
    }
    const files = await readdir(join("templates", template, "figures"));
    for (const file of files) {
      const figure = await readPage(`figures/my-${template}/${file.replace(".mdx", "")}`);
      expect(figure.querySelector("figure"), file).not.toBeNull();
    }
  });
});

describe.skipIf(!browser)("in Chromium", () => {
  test.each(templates)(
    "the article of “%s” is read by everyone, on a phone too",
    async (template) => {
      const { origin, server } = await serve(env["VITRINE_DIST"]!);
      try {
        for (const width of [390, 1440]) {
          const viewport = { width, height: 900 };
          const path = `/articles/my-${template}/`;
          const [page, problems] = await visit(browser!, origin, path, {
            bypassCSP: true,
            viewport,
          });
          expect(problems).toEqual([]);
          expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
          expect(await findViolations(page)).toEqual([]);
          await page.close();
        }
      } finally {
        server.close();
      }
    },
  );
});

describe("npm run new", () => {
  test("tells what it wrote and what comes next; the first template is the default", async () => {
    const { code, stdout, stderr } = await startByNpm("new", ["another-one"], env).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const folder = relative(root, join(env["VITRINE_EXPERIMENTS"]!, "another-one"));
    expect(stdout).toContain(`${folder}/figures/accuracy.mdx\n`);
    expect(stdout).toContain("Made of the template “classification”.");
    expect(stdout).toContain("npm run build -- --only another-one --profile quick");
  });

  test("--help lists options and templates", async () => {
    const { code, stdout } = await create("--help");
    expect(code).toBe(0);
    expect(stdout).toContain("--template NAME");
    for (const template of templates)
      expect(stdout).toMatch(new RegExp(`^  ${template} +\\S`, "m"));
    expect((await create()).code).toBe(1);
  });

  test.each([
    [["My Study"], "the name “My Study” is not lower-case words", "try “my-study”"],
    [["../escape"], "the name “../escape” is not lower-case words", "try “escape”"],
    [["π"], "the name “π” is not lower-case words", "e.g. my-study"],
    [["x", "--template", "regresion"], "unknown template “regresion”", "“regression”?"],
    [["x", "--tempalte", "y"], "unknown option --tempalte", "did you mean --template?"],
    [["--template", "regression"], "name the study first", null],
    [["x", "y"], "unexpected argument “y”", "--help lists all options"],
  ])("refuses %j", async (args, error, hint) => {
    const { code, stdout, stderr } = await create(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toContain(`error: ${error}`);
    if (hint) expect(stderr).toMatch(new RegExp(`^hint: .*${hint.replace("?", "\\?")}`, "m"));
    expect(await readdir(env["VITRINE_EXPERIMENTS"]!)).not.toContain("x");
  });

  test("overwrites nothing", async () => {
    const taken = join(env["VITRINE_EXPERIMENTS"]!, "taken");
    await mkdir(taken);
    await writeFile(join(taken, "study.ts"), "mine");
    const { code, stderr } = await create("taken");
    expect(code).toBe(1);
    expect(stderr).toMatch(/^error: \S+\/taken exists already$/m);
    expect(await readdir(taken)).toEqual(["study.ts"]);
    expect(await readFile(join(taken, "study.ts"), "utf8")).toBe("mine");
    await rm(taken, { recursive: true });
  });
});
