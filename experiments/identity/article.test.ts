import type { Server } from "node:http";
import { cp, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { publishStudies } from "#lab/publish-studies";
import { describeAgenda } from "#lab/site-index";
import { loadStudies } from "#lab/studies";
import { launchChromium } from "../../test/browser/chromium.ts";
import { serve } from "../../test/browser/site.ts";
import { findViolations, visit } from "../../test/browser/visit.ts";
import { buildPages, type BuiltSite } from "../../test/galleries/build.ts";
import { makeStudies } from "../../test/galleries/make.ts";

const study = fileURLToPath(new URL(".", import.meta.url));
const cache = fileURLToPath(new URL("../../.cache", import.meta.url));
const article = "/articles/inductive-bias/";
const figures = ["predictions", "layers", "noise", "patch-rank", "mosaic"];
const pages = ["/", article, ...figures.map((id) => `/figures/identity/${id}/`)];

/** Enough for a tile, a curve and a number of every kind; the others show that they are missing. */
const made = [
  "fcn-depth/network=1-layer-linear",
  "cnn-depth/layers=1",
  "cnn-depth/layers=3",
  "cnn-depth/layers=12", // does not converge in so few steps
  "cnn-layers/network=20-layers-untrained",
  "cnn-layers/network=7-layers",
  "parameter-counts",
  "bias-variance",
  "closed-form",
  "patch-rank",
  "by-hand/layers=20",
  "mosaic",
].map((address) => `identity/${address}`);

const browser: Browser | null = await launchChromium();
let folder: string;
/** Holds this study and no other, within the project, where it finds the library. */
let experiments: string;
let site: BuiltSite;
let origin: string;
let server: Server;

beforeAll(async () => {
  await mkdir(cache, { recursive: true });
  experiments = await mkdtemp(join(cache, "vitrine-"));
  await cp(study, join(experiments, "identity"), { recursive: true });
  const studies = await loadStudies(experiments, "quick");
  folder = await mkdtemp(join(tmpdir(), "vitrine-identity-"));
  const { agenda, lost, store } = await makeStudies(studies, join(folder, "results"), {
    only: made,
    data: { data: process.env["VITRINE_DATA"] ?? "drawn" },
  });
  const publicFolder = join(folder, "public");
  await publishStudies(describeAgenda(agenda, lost, "quick"), agenda.runs, store, publicFolder);
  site = await buildPages(experiments, publicFolder);
  expect(site.code, site.output).toBe(0);
  ({ origin, server } = await serve(site.dist));
});

afterAll(async () => {
  server?.close();
  await browser?.close();
  await site?.remove();
  for (const made of [folder, experiments]) if (made) await rm(made, { recursive: true });
});

const read = (path: string): Promise<string> =>
  readFile(join(site.dist, path, "index.html"), "utf8");

/** A page is too long to be printed where a text is missing. */
const says = (html: string, text: string): void => expect(html.includes(text), text).toBe(true);

test("the article stands at its old address, with values of what was made and reasons for the rest", async () => {
  const html = await read(article);
  says(html, "What does a network learn from a single picture?");
  const [, constant] = /one layer has <data [^>]*>([\d.]+)<\/data>/.exec(html) ?? [];
  expect(Number(constant)).toBeGreaterThan(0.05);
  for (const kind of ["Correction", "Precision", "Addition"]) says(html, `aria-label="${kind}"`);
  says(html, "All values as a table");
  says(html, "not converged: loss");
  says(html, "not made yet");
  says(html, "78,694,400");
});

test("the home page shows the transition, and the study's colours come with it", async () => {
  const html = await read("/");
  says(html, "Teach a network to copy one picture");
  says(html, 'alt="sneaker after 3 layers"');
  says(html, "--constant:");
});

describe.skipIf(!browser)("in Chromium", () => {
  const open = (path: string, options: BrowserContextOptions = {}) =>
    visit(browser!, origin, path, options);

  test.each(pages)("%s loads without an error or a request elsewhere", async (path) => {
    const [page, problems] = await open(path);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.waitForLoadState("networkidle");
    expect(problems).toEqual([]);
    await page.close();
  });

  test.each(["light", "dark"] as const)("axe finds nothing in %s", async (colorScheme) => {
    for (const path of pages) {
      const [page] = await open(path, { colorScheme, reducedMotion: "reduce", bypassCSP: true });
      expect(await findViolations(page), path).toEqual([]);
      await page.close();
    }
  });

  test.each([true, false])("switches work by keyboard, scripts %s", async (javaScriptEnabled) => {
    const [page] = await open(article, { javaScriptEnabled });
    const group = page.locator("#predictions .switch");
    await group.locator("input[type=radio]").first().focus();
    const views = group.locator(".view");
    expect(await views.nth(0).isVisible()).toBe(true);
    expect(await views.nth(1).isVisible()).toBe(false);
    await page.keyboard.press("ArrowRight");
    expect(await views.nth(0).isVisible()).toBe(false);
    expect(await views.nth(1).isVisible()).toBe(true);
    await page.close();
  });

  test("a tile in focus tells its two correlations", async () => {
    const [page] = await open(article);
    await page.locator("#predictions input[value=cnn]").check({ force: true });
    const tile = page.locator("#predictions .view").nth(0).locator("td.tile[tabindex='0']");
    await tile.focus();
    await page.keyboard.press("ArrowRight");
    const tip = page.locator("#predictions td.tile:focus .tip");
    expect(await tip.innerText()).toMatch(/r identity [\d.−]+\s+r constant [\d.−]+\s+gain/);
    await page.close();
  });

  test.each([1440, 768, 390])("nothing scrolls sideways at %i px", async (width) => {
    for (const path of pages) {
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
    const [page] = await open("/404.html");
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
