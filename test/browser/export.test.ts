import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { buildPages, publishGallery } from "../galleries/build.ts";
import { experimentsOf } from "../galleries/make.ts";
import { temporaryFolder } from "../lab/folder.ts";
import { start } from "../scripts/gallery.ts";
import { launchChromium } from "./chromium.ts";

let browser: Browser | null;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

test("an article is one file that opens without a network and asks for nothing", async ({
  skip,
}) => {
  if (!browser) return skip();
  const publicFolder = await publishGallery("classes");
  const env = { VITRINE_SITE: "https://example.org" };
  const site = await buildPages(experimentsOf("classes"), publicFolder, { env });
  onTestFinished(async () => {
    await site.remove();
    await rm(dirname(publicFolder), { recursive: true });
  });
  expect(site.code).toBe(0);
  const to = await temporaryFolder();
  const args = ["--single-file", "shapes", "--to", to];
  const { code, stderr } = await start("export", args, { VITRINE_DIST: site.dist }).ended;
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });

  const context = await browser.newContext({ offline: true });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => problems.push(message.text()));
  page.on("pageerror", (error) => problems.push(error.message));
  const address = pathToFileURL(join(to, "shapes.html")).href;
  page.on("request", (request) => {
    if (request.url() !== address && !request.url().startsWith("data:")) {
      problems.push(request.url());
    }
  });
  await page.goto(address);
  const seen = await page.evaluate(async () => {
    await document.fonts.ready;
    const images = [...document.images];
    for (const image of images) image.loading = "eager";
    await Promise.all(images.map((image) => image.decode()));
    const loaded = [...document.fonts].filter(({ status }) => status === "loaded");
    const links = [...document.querySelectorAll("a[href]")].map((a) => a.getAttribute("href")!);
    return {
      fonts: loaded.map(({ family }) => family).join(),
      images: images.length,
      margin: getComputedStyle(document.body).margin,
      near: links.filter((link) => !/^(#|https?:|mailto:|data:)/.test(link)),
      own: links.filter((link) => link.startsWith("https://example.org/")).length,
    };
  });
  expect(problems).toEqual([]);
  expect(seen.fonts).toContain("Source Serif 4");
  expect(seen.images).toBeGreaterThan(0);
  expect(seen.margin).toBe("0px");
  expect(seen.near).toEqual([]);
  expect(seen.own).toBeGreaterThan(0);
}, 120_000);

test("what is no article is refused", async () => {
  const to = await temporaryFolder();
  const { code, stderr } = await start("export", ["--single-file", "x"], { VITRINE_DIST: to })
    .ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`there is no site in ${to}`);
});
