import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { schemaVersion } from "../../src/lab/graph.ts";
import type { SiteIndex } from "../../src/lab/site-index.ts";
import { buildPages, type BuiltSite } from "../galleries/build.ts";
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
  title: ${quoted(`Source title ${image}`)}
  url: ${quoted(url)}
  authors: [${quoted(`Source ${image}`)}]
  affiliation: ${quoted(image)}
  venue: ${quoted(image)}
protocol: ${quoted(`Protocol ${image}`)}
---

Cited: <Cite key="hostile" />, and a value <Value of="words/noun=shoe/text" />.

<Tiles of="words/pictures" label={${quoted(`Tiles ${image}`)}} />

## References

<Bibliography />

## How to cite

<HowToCite />
`;

const missing = { status: "failed", reason: `reason ${image}` } as const;
const outputs = {
  text: { kind: "value", label: `text ${image}` },
  pictures: { kind: "arrays", label: image, dimensions: { pictures: ["row", "column", "y", "x"] } },
} as const;
const coordinate = { axis: "noun", label: `shoe ${image}`, value: null, slug: "shoe" };

const index: SiteIndex = {
  schema: schemaVersion,
  profile: `quick ${image}`,
  engine: `engine ${image}`,
  studies: [
    {
      id: "hostile",
      title: `Study ${image}`,
      description: `About ${script}`,
      tables: [
        {
          id: "words",
          title: `Table ${image}`,
          task: "say",
          axes: [{ name: "noun", values: [coordinate] }],
          outputs,
          rows: [{ ...missing, key: "0".repeat(32), at: [coordinate], label: `shoe ${image}` }],
        },
      ],
    },
  ],
  runs: {
    ["0".repeat(32)]: {
      ...missing,
      name: `hostile ${script}`,
      task: "say",
      params: { [script]: script },
      outputs,
    },
  },
};

let root: string;
const sites: BuiltSite[] = [];

async function build(url: string): Promise<BuiltSite> {
  const folder = join(root, "experiments/hostile");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "article.mdx"), article(url));
  await writeFile(join(folder, "references.bib"), bibtex);
  const site = await buildPages(join(root, "experiments"), join(root, "public"));
  sites.push(site);
  return site;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "vitrine-hostile-"));
  await mkdir(join(root, "public/runs"), { recursive: true });
  await writeFile(join(root, "public/runs/index.json"), JSON.stringify(index));
});

afterAll(async () => {
  await rm(root, { recursive: true });
  for (const site of sites) await site.remove();
});

test("front matter with an address of a script stops the build and says where", async () => {
  const { code, output } = await build("javascript:window.ran=1");
  expect(code).not.toBe(0);
  expect(output).toMatch(/hostile\/article\.mdx:1:1: the front matter.*source\.url.*https:/s);
});

const browser: Browser | null = await launchChromium();

describe.skipIf(!browser)("in Chromium", () => {
  let server: Server;
  let origin: string;

  beforeAll(async () => {
    const { code, output, dist } = await build(`https://e.org/${handler}`);
    expect(code, output).toBe(0);
    ({ origin, server } = await serve(dist));
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

  const shown: Record<string, string[]> = {
    "/": [`Title ${script}`, `Source ${image}`, `Study ${image}`],
    "/articles/hostile/": [`Title ${script}`, `reason ${image}`],
    "/studies/hostile/": [`Study ${image}`, `Table ${image}`, `reason ${image}`],
    [`/runs/${"0".repeat(32)}/`]: [`reason ${image}`],
  };

  test.each(Object.keys(shown))("markup is shown on %s and never run", async (path) => {
    const page = await browser!.newPage({ bypassCSP: true });
    await page.goto(origin + path, { waitUntil: "networkidle" });
    for (const target of await page.locator("a, button, [tabindex]").all()) {
      await target.evaluate((element) => (element as HTMLElement).focus());
    }
    expect(await page.evaluate(() => (window as { ran?: string }).ran)).toBeUndefined();
    const inserted = "img[src=x], [onfocus], [onerror], [href^='javascript:' i]";
    expect(await page.locator(inserted).count()).toBe(0);
    const text = await page.locator("body").innerText();
    for (const words of shown[path]!) expect(text).toContain(words);
    await page.close();
  });

  test("references show their markup as text", async () => {
    const page = await browser!.newPage({ bypassCSP: true });
    await page.goto(`${origin}/articles/hostile/`);
    expect(await page.locator(".cite-button").innerText()).toBe(`${image} (2020)`);
    expect(await page.locator(".bibliography").innerText()).toContain(
      'Title <script>window.ran="script"</script> at https://e.org/',
    );
    await page.close();
  });
});
