import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { serve } from "./site.ts";

const script = `<script>window.ran="script"</script>`;
const image = `<img src="x" onerror="window.ran='image'">`;
const handler = `"autofocus/onfocus="window.ran='focus'"tabindex="0`;

const bibtex = `@article{hostile,
  title = {Title ${script} at https://e.org/${handler}},
  author = {{${image}}},
  journal = {Journal ${image}},
  year = {2020},
  url = {https://e.org/${handler}}
}`;

const quoted = (text: string) => JSON.stringify(text);
const article = (url: string) => `---
title: ${quoted(`Title ${script}`)}
deck: ${quoted(`Deck ${image}`)}
description: ${quoted(`"><script>window.ran="description"</script>`)}
date: 2026-01-01
authors: [{ name: ${quoted(`Author "><script>window.ran="author"</script>`)} }]
source:
  title: Source
  url: ${quoted(url)}
  authors: [${quoted(`Source ${image}`)}]
  affiliation: ${quoted(image)}
  venue: ${quoted(image)}
protocol: ${quoted(`Protocol ${image}`)}
---

import Bibliography from "../../components/Bibliography.astro";
import Cite from "../../components/Cite.astro";

Cited: <Cite key="hostile" />.

<Bibliography />
`;

const runs = {
  schema: 2,
  profile: `quick ${image}`,
  engine: `engine ${image}`,
  datasets: [{ name: image, source: "drawn", sha256: "0" }],
  experiments: [{ id: "cnn-depth", title: image, runs: [] }],
};

let root: string;

/** A site of the project's own code with one article, built by Astro. */
async function build(url: string): Promise<{ code: number; output: string }> {
  await writeFile(join(root, "src/content/articles/hostile.mdx"), article(url));
  const astro = resolve("node_modules/astro/bin/astro.mjs");
  const child = spawn(process.execPath, [astro, "build", "--root", root], {
    cwd: root,
    env: {
      ...process.env,
      ASTRO_TELEMETRY_DISABLED: "1",
      NODE_ENV: "production",
      VITRINE_DIST: join(root, "dist"),
      VITRINE_PUBLIC: join(root, "public"),
    },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "vitrine-hostile-"));
  for (const name of ["src", "astro.config.mjs", "package.json", "tsconfig.json"]) {
    await cp(name, join(root, name), { recursive: true });
  }
  await symlink(resolve("node_modules"), join(root, "node_modules"));
  await rm(join(root, "src/content/articles"), { recursive: true });
  await mkdir(join(root, "src/content/articles"));
  await writeFile(join(root, "src/content/references.bib"), bibtex);
  await mkdir(join(root, "public/runs"), { recursive: true });
  await writeFile(join(root, "public/runs/index.json"), JSON.stringify(runs));
});

afterAll(() => rm(root, { recursive: true }));

test("front matter with an address of a script stops the build and says where", async () => {
  const { code, output } = await build("javascript:window.ran=1");
  expect(code).not.toBe(0);
  expect(output).toMatch(/hostile data.*\s+source\.url: must begin with https:/);
});

const browser: Browser | null = await launchChromium();

describe.skipIf(!browser)("in Chromium", () => {
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    const { code, output } = await build(`https://e.org/${handler}`);
    expect(code, output).toBe(0);
    ({ origin, server } = await serve(join(root, "dist")));
  });

  afterAll(async () => {
    server.close();
    await browser!.close();
  });

  test("a script that got onto a page all the same would not run", async () => {
    const page = await browser!.newPage();
    const problems: string[] = [];
    page.on("console", (message) => problems.push(message.text()));
    await page.goto(`${origin}/articles/hostile/`, { waitUntil: "networkidle" });
    expect(problems).toEqual([]);
    await page.evaluate((markup) => {
      document.querySelector("main")!.insertAdjacentHTML("beforeend", markup);
      document.body.append(Object.assign(document.createElement("script"), { text: "ran = 1" }));
    }, image);
    await expect.poll(() => problems.join("\n")).toMatch(/event handler violates/);
    expect(problems.join("\n")).toMatch(/inline script violates/);
    expect(await page.evaluate(() => (window as { ran?: string }).ran)).toBeUndefined();
    await page.close();
  });

  test("markup in references, front matter and results is shown and never run", async () => {
    for (const path of ["/", "/articles/hostile/"]) {
      const page = await browser!.newPage({ bypassCSP: true });
      await page.goto(origin + path, { waitUntil: "networkidle" });
      for (const target of await page.locator("a, button, [tabindex]").all()) {
        await target.evaluate((element) => (element as HTMLElement).focus());
      }
      expect(await page.evaluate(() => (window as { ran?: string }).ran), path).toBeUndefined();
      const inserted = "img[src=x], [onfocus], [onerror], [href^='javascript:' i]";
      expect(await page.locator(inserted).count(), path).toBe(0);
      const text = await page.locator("body").innerText();
      const shown = path === "/" ? [`Title ${script}`, `Source ${image}`] : [`Title ${script}`];
      for (const words of shown) expect(text).toContain(words);
      await page.close();
    }
    const page = await browser!.newPage({ bypassCSP: true });
    await page.goto(`${origin}/articles/hostile/`);
    expect(await page.locator(".cite-button").innerText()).toBe(`${image} (2020)`);
    expect(await page.locator(".bibliography").innerText()).toContain(
      'Title <script>window.ran="script"</script> at https://e.org/',
    );
    await page.close();
  });
});
