import { createRequire } from "node:module";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Server } from "node:http";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChromium } from "./chromium.ts";
import { buildGallery, serve } from "./site.ts";

const article = "/articles/inductive-bias/";
const axe = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

const browser: Browser | null = await launchChromium();
let site: { dist: string; output: string };
let origin: string;
let server: Server;

beforeAll(async () => {
  site = await buildGallery();
  ({ origin, server } = await serve(site.dist));
});

afterAll(async () => {
  server.close();
  await browser?.close();
});

test("the built pages name no other host in anything they load", async () => {
  const files = await readdir(site.dist, { recursive: true });
  for (const file of files.filter((name) => name.endsWith(".html"))) {
    const html = await readFile(join(site.dist, file), "utf8");
    expect(
      html.match(/<(?:script|img|iframe)[^>]*\ssrc="(?:https?:)?\/\/[^"]*"/g),
      file,
    ).toBeNull();
    expect(html.match(/<link[^>]*rel="stylesheet"[^>]*href="(?:https?:)?\/\//g), file).toBeNull();
  }
});

describe.skipIf(!browser)("in Chromium", () => {
  const open = async (path: string, options = {}): Promise<[Page, string[]]> => {
    const page = await browser!.newPage({ viewport: { width: 1440, height: 900 }, ...options });
    const problems: string[] = [];
    page.on("console", (message) => {
      if (message.type() === "error") problems.push(message.text());
    });
    page.on("pageerror", (error) => problems.push(error.message));
    page.on("requestfailed", (request) => problems.push(`failed ${request.url()}`));
    page.on("request", (request) => {
      const { protocol } = new URL(request.url());
      if (protocol !== "data:" && !request.url().startsWith(origin)) {
        problems.push(`foreign ${request.url()}`);
      }
    });
    page.on("response", (response) => {
      if (response.status() >= 400) problems.push(`${response.status()} ${response.url()}`);
    });
    await page.goto(origin + path, { waitUntil: "load" });
    return [page, problems];
  };

  test.each(["/", article])("%s loads without an error or a request elsewhere", async (path) => {
    const [page, problems] = await open(path);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.waitForLoadState("networkidle");
    expect(problems).toEqual([]);
    await page.close();
  });

  test.each(["light", "dark"] as const)("axe finds nothing in %s", async (colorScheme) => {
    for (const path of ["/", article]) {
      const [page] = await open(path, {
        colorScheme,
        reducedMotion: "reduce",
        bypassCSP: true, // axe is not one of the site's own scripts
      });
      await page.addScriptTag({ path: axe });
      const violations = await page.evaluate(async () => {
        for (const details of document.querySelectorAll("details")) details.open = true;
        const { axe } = globalThis as unknown as {
          axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> };
        };
        const found = await axe.run();
        return found.violations.map(({ id, nodes }) => `${id}: ${nodes[0]!.html.slice(0, 200)}`);
      });
      expect(violations, path).toEqual([]);
      await page.close();
    }
  });

  test.each([true, false])("switches work by keyboard, scripts %s", async (javaScriptEnabled) => {
    const [page] = await open(article, { javaScriptEnabled });
    const group = page.locator(".switch").filter({ hasText: "CNN" }).first();
    const radios = group.locator("input[type=radio]");
    await radios.first().focus();
    const views = group.locator(".view");
    expect(await views.nth(0).isVisible()).toBe(true);
    expect(await views.nth(1).isVisible()).toBe(false);
    await page.keyboard.press("ArrowRight");
    expect(await views.nth(0).isVisible()).toBe(false);
    expect(await views.nth(1).isVisible()).toBe(true);
    await page.close();
  });

  test.each([1440, 768, 390])("nothing scrolls sideways at %i px", async (width) => {
    for (const path of ["/", article]) {
      const [page] = await open(path, { viewport: { width, height: 800 } });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, path).toBeLessThanOrEqual(0);
      await page.close();
    }
  });

  test("the first print has every picture, those of hidden views too", async () => {
    const [page] = await open(article);
    const countPictures = async () => {
      const pdf = await page.pdf({ format: "A4" });
      return pdf.toString("latin1").split("/Subtype /Image").length - 1;
    };
    const first = await countPictures();
    await page.waitForLoadState("networkidle");
    expect(first).toBeGreaterThan(0);
    expect(first).toBe(await countPictures());
    await page.close();
  });

  test("no table is wider than a sheet of paper", async () => {
    // A4 without its margins: 178 mm at 96 px an inch.
    const [page] = await open(article, { viewport: { width: 673, height: 1000 } });
    await page.emulateMedia({ media: "print" });
    const cut = await page.evaluate(() =>
      [...document.querySelectorAll("table")]
        .filter((table) => table.getBoundingClientRect().right > document.body.clientWidth)
        .map((table) => table.parentElement!.getAttribute("aria-label")),
    );
    expect(cut).toEqual([]);
    await page.close();
  });

  test("the article weighs at most 1 MB without a click", async () => {
    const page = await browser!.newPage({ viewport: { width: 1440, height: 900 } });
    let bytes = 0;
    page.on("response", async (response) => {
      bytes += (await response.body().catch(() => Buffer.alloc(0))).length;
    });
    await page.goto(origin + article);
    for (let y = 0; y < 30_000; y += 800) {
      await page.evaluate((top) => window.scrollTo(0, top), y);
    }
    await page.waitForLoadState("networkidle");
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(1_000_000);
    await page.close();
  });
});
