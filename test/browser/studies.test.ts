import { spawnSync } from "node:child_process";
import { readdir, readFile, rm } from "node:fs/promises";
import type { Server } from "node:http";
import { dirname, join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildPages, type BuiltSite, publishGallery, publishUnmade } from "../galleries/build.ts";
import { experimentsOf } from "../galleries/make.ts";
import { launchChromium } from "./chromium.ts";
import { serve } from "./site.ts";
import { findViolations, visit } from "./visit.ts";

const hasPython = spawnSync("python3", ["--version"]).status === 0;
const galleries = ["classes", "chain", "failing", "long", ...(hasPython ? ["command"] : [])];

const browser: Browser | null = await launchChromium();
const published: Record<string, string> = {};
const sites: Record<string, BuiltSite> = {};
const servers: Record<string, { origin: string; server: Server }> = {};

async function build(name: string, gallery: string, options = {}, from = gallery): Promise<void> {
  const site = await buildPages(experimentsOf(gallery), published[from]!, options);
  expect(site.code, site.output).toBe(0);
  sites[name] = site;
  servers[name] = await serve(site.dist);
}

beforeAll(async () => {
  for (const gallery of galleries) {
    published[gallery] = await publishGallery(gallery);
    await build(gallery, gallery);
  }
  published["unmade"] = await publishUnmade("classes");
  await build("unmade", "classes", {}, "unmade");
  // Astro would take the variable for the base.
  await build("based", "classes", { base: "/some/where/", env: { BASE_URL: "/nowhere/" } });
});

afterAll(async () => {
  for (const { server } of Object.values(servers)) server.close();
  await browser?.close();
  await Promise.all(Object.values(sites).map((site) => site.remove()));
  await Promise.all(
    Object.values(published).map((folder) => rm(dirname(folder), { recursive: true })),
  );
});

/** Files of a site from its root, pages by their addresses. */
async function filesOf(name: string): Promise<Set<string>> {
  const files = await readdir(sites[name]!.dist, { recursive: true });
  return new Set(files.map((file) => `/${file.replace(/(^|\/)index\.html$/, "$1")}`));
}

const pagesOf = async (name: string): Promise<string[]> =>
  [...(await filesOf(name))].filter((file) => file.endsWith("/") || file.endsWith(".html"));

const readPage = (name: string, page: string): Promise<string> =>
  readFile(join(sites[name]!.dist, page.endsWith("/") ? `${page}index.html` : page), "utf8");

const decode = (text: string): string => text.replaceAll("&amp;", "&").replaceAll("&#38;", "&");

interface Index {
  studies: { id: string; tables: { id: string; rows: { key: string; status: string }[] }[] }[];
  runs: Record<string, { name: string }>;
}

const indexOf = async (name: string): Promise<Index> =>
  JSON.parse(await readPage(name, "/runs/index.json")) as Index;

test("every study, run, article and figure has a page", async () => {
  for (const name of galleries) {
    const files = await filesOf(name);
    const { studies, runs } = await indexOf(name);
    const expected = [
      "/",
      "/404.html",
      "/studies/",
      "/runs/",
      ...studies.map(({ id }) => `/studies/${id}/`),
      ...Object.keys(runs).map((key) => `/runs/${key}/`),
    ];
    expect(expected.filter((page) => !files.has(page))).toEqual([]);
  }
  const pages = await pagesOf("classes");
  expect(pages).toContain("/articles/shapes/");
  for (const id of ["accuracy", "filters", "course"]) {
    expect(pages).toContain(`/figures/shapes/${id}/`);
  }
});

test.each([...galleries, "based"])("%s: every link and source leads somewhere", async (name) => {
  const base = name === "based" ? "/some/where" : "";
  const files = await filesOf(name);
  const ids = new Map<string, Set<string>>();
  for (const page of await pagesOf(name)) {
    const html = await readPage(name, page);
    ids.set(page, new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => decode(id!))));
  }
  const broken: string[] = [];
  for (const page of ids.keys()) {
    const html = await readPage(name, page);
    for (const [, written] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
      const target = new URL(decode(written!), `http://site${base}${page}`);
      if (target.host !== "site" || target.protocol === "data:") continue;
      const path = target.pathname.startsWith(`${base}/`)
        ? target.pathname.slice(base.length)
        : `outside the base: ${target.pathname}`;
      const id = decodeURIComponent(target.hash.slice(1));
      const isThere = files.has(path) && (!id || ids.get(path)?.has(id));
      // The heads of lists that a home page may lack.
      const isHead = path === "/" && ["articles", "studies", "make-your-own"].includes(id);
      if (!isThere && !isHead) broken.push(`${page} → ${written}`);
    }
  }
  expect(broken).toEqual([]);
});

test("what links lead to is on its page once", async () => {
  const twice: string[] = [];
  for (const name of galleries) {
    for (const page of await pagesOf(name)) {
      const html = await readPage(name, page);
      const ids = [...html.matchAll(/<[^>]*\sid="([^"]+)"/g)].map(([, id]) => id!);
      const again = ids.filter((id, i) => ids.indexOf(id) !== i);
      twice.push(...again.map((id) => `${name} ${page}: ${id}`));
    }
  }
  expect(twice).toEqual([]);
});

test("pages name no other host in what they load, and carry no engine", async () => {
  for (const name of galleries) {
    const files = await filesOf(name);
    for (const page of await pagesOf(name)) {
      const html = await readPage(name, page);
      expect(
        html.match(/<(?:script|img|iframe|audio)[^>]*\ssrc="(?:https?:)?\/\//g),
        page,
      ).toBeNull();
      const scripts = [...html.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)];
      expect(scripts.map(([whole]) => whole).join(""), page).not.toMatch(/tensorflow|tfjs|onnx/i);
    }
    for (const script of [...files].filter((file) => /\.m?js$/.test(file))) {
      const code = await readPage(name, script);
      expect(code.length, script).toBeLessThan(20_000);
      expect(code, script).not.toMatch(/tensorflow|onnxruntime/i);
    }
  }
});

test("the home page shows a figure only where its study has results", async () => {
  const sentence = "Four shapes, one hidden layer, how many units?";
  expect(await readPage("classes", "/")).toContain(sentence);
  const unmade = await readPage("unmade", "/");
  expect(unmade).not.toContain(sentence);
  expect(unmade).not.toContain("<tile-grid");
  expect(unmade).toContain('href="/articles/shapes/"');
});

test("an article has its numbers, citations and values in place", async () => {
  const html = await readPage("classes", "/articles/shapes/");
  const numbers = [...html.matchAll(/figure-number"[^>]*>\s*Figure (\d)/g)].map(([, n]) => n);
  expect(numbers).toEqual(["1", "2", "3", "4", "5"]);
  expect(html).toMatch(/href="#confusion"[^>]*>Figure&nbsp;3/);
  expect(html.match(/id="cite-lecun1998gradient-\d"/g)).toHaveLength(3);
  expect(html).toMatch(
    /<data[^>]*>[\d.]+(?:&nbsp;|\u00a0)%<\/data><span class="value-n"> \(n&nbsp;=&nbsp;3\)/,
  );
  expect(html).toContain("@misc{shapes-2026,");
  expect(html).toContain('name="citation_author" content="The shape drawers"');
  const figure = await readPage("classes", "/figures/shapes/filters/");
  expect(figure).toMatch(/Figure 2\s*</);
  expect(figure).toContain('id="ref-lecun1998gradient"');
});

test("a run says what it was given, what it read and who reads it", async () => {
  const { runs } = await indexOf("chain");
  const keyOf = (name: string): string =>
    Object.entries(runs).find(([, run]) => run.name.startsWith(name))![0];
  const fit = await readPage("chain", `/runs/${keyOf("chain/fits/degree=1/seed=1")}/`);
  const [, sample = ""] = /points of\s+<a href="\/runs\/(\w+)\/"/.exec(fit) ?? [];
  expect(fit).toMatch(/<dt[^>]*>sample\.points<\/dt>\s*<dd[^>]*>20<\/dd>/);
  expect(fit).toMatch(/href="\/runs\/\w+\/curve\.json"/);
  expect(await readPage("chain", `/runs/${sample}/`)).toContain(
    `<a href="/runs/${keyOf("chain/fits/degree=1/seed=1")}/"`,
  );
});

test("runs without a result say why, on their study's page and their own", async () => {
  const study = await readPage("failing", "/studies/failing/");
  expect(study).toContain("the dice fell off the table");
  expect(study).toMatch(/6 failed, 1 stopped, 1 blocked/);
  const { studies } = await indexOf("failing");
  const blocked = studies[0]!.tables[1]!.rows.find(({ status }) => status === "blocked")!;
  const page = await readPage("failing", `/runs/${blocked.key}/`);
  expect(page).toContain("blocked: it needs");
  expect(page).toMatch(/<dt[^>]*>attempt\.way<\/dt>\s*<dd[^>]*>&quot;throws&quot;<\/dd>/);
  expect(page).toMatch(/<dt[^>]*>attempt\.number<\/dt>\s*<dd[^>]*>1<\/dd>/);
});

describe.skipIf(!browser)("in Chromium", () => {
  const open = (name: string, path: string, options: BrowserContextOptions = {}) =>
    visit(browser!, servers[name]!.origin, path, options);

  /** One page of each kind: [site, path]. */
  const kinds = async (): Promise<[string, string][]> => {
    const rowsOf = async (name: string) => (await indexOf(name)).studies[0]!.tables[0]!.rows;
    const last = (await rowsOf("classes")).at(-1)!;
    const failed = (await rowsOf("failing")).find(({ status }) => status === "failed")!;
    return [
      ["classes", "/"],
      ["classes", "/404.html"],
      ["classes", "/articles/shapes/"],
      ["classes", "/figures/shapes/filters/"],
      ["classes", "/figures/shapes/examples/"],
      ["classes", "/studies/shapes/"],
      ["classes", `/runs/${last.key}/`],
      ["chain", "/"],
      ["chain", "/runs/"],
      ["chain", "/studies/"],
      ["chain", "/studies/chain/"],
      ["long", "/studies/long/"],
      ["long", `/runs/${(await rowsOf("long")).at(-1)!.key}/`],
      ["unmade", "/"],
      ["unmade", "/articles/shapes/"],
      ["failing", "/studies/failing/"],
      ["failing", `/runs/${failed.key}/`],
      ...(hasPython ? [["command", "/studies/darts/"] as [string, string]] : []),
    ];
  };

  test("pages load without an error or a request elsewhere", async () => {
    for (const [name, path] of await kinds()) {
      const [page, problems] = await open(name, path);
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await page.waitForLoadState("networkidle");
      expect(problems, `${name} ${path}`).toEqual([]);
      await page.close();
    }
  });

  test.each(["light", "dark"] as const)("axe finds nothing in %s", async (colorScheme) => {
    for (const [name, path] of await kinds()) {
      const [page] = await open(name, path, {
        colorScheme,
        reducedMotion: "reduce",
        bypassCSP: true, // axe is not one of the site's own scripts
      });
      expect(await findViolations(page), `${name} ${path}`).toEqual([]);
      await page.close();
    }
  });

  test.each([1440, 768, 390])("nothing scrolls sideways at %i px", async (width) => {
    for (const [name, path] of await kinds()) {
      const [page] = await open(name, path, { viewport: { width, height: 800 } });
      const overflow = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${name} ${path}`).toBeLessThanOrEqual(0);
      await page.close();
    }
  });

  test("words in plots are at least 11 pixels high on a phone", async () => {
    for (const path of ["/articles/shapes/", "/studies/shapes/"]) {
      const [page] = await open("classes", path, { viewport: { width: 390, height: 800 } });
      const smallest = await page.evaluate(() => {
        const shown = [...document.querySelectorAll<SVGSVGElement>("main svg[role=img]")].filter(
          (svg) => svg.getBoundingClientRect().width > 100,
        );
        const sizes = shown.flatMap((svg) =>
          [...svg.querySelectorAll("text")].map((text) => {
            const scale = svg.getBoundingClientRect().width / svg.viewBox.baseVal.width;
            return scale * parseFloat(getComputedStyle(text).fontSize);
          }),
        );
        return { count: sizes.length, least: Math.min(...sizes) };
      });
      expect(smallest.count).toBeGreaterThan(20);
      expect(smallest.least).toBeGreaterThanOrEqual(11);
      await page.close();
    }
  });

  test("views of a figure are switched by keyboard, without scripts", async () => {
    const [page] = await open("classes", "/articles/shapes/", { javaScriptEnabled: false });
    const figure = page.locator("#noise");
    await figure.locator("input[type=radio]").first().focus();
    expect(await figure.getByText("no noise").first().isVisible()).toBe(true);
    await page.keyboard.press("ArrowRight");
    const table = figure.locator(".data-table");
    expect(await table.isVisible()).toBe(true);
    expect(await table.locator("thead th").allInnerTexts()).toEqual([
      "noise",
      "accuracy on new pictures",
      "loss, new pictures",
    ]);
    await page.close();
  });

  test("a chosen view is in the address, and a link to it leads there", async () => {
    const [page] = await open("classes", "/articles/shapes/");
    const figure = page.locator("#noise");
    await figure.locator("input[type=radio]").first().focus();
    await page.keyboard.press("ArrowRight");
    expect(new URL(page.url()).hash).toBe("#noise-table");
    await page.reload();
    expect(await figure.locator(".data-table").isVisible()).toBe(true);
    await page.goto(`${servers["classes"]!.origin}/articles/shapes/#noise-points`);
    expect(await figure.locator("#noise-points svg:visible").count()).toBe(1);
    expect(await figure.locator(".data-table").isVisible()).toBe(false);
    const { y } = (await figure.boundingBox())!;
    expect(y).toBeLessThan(900);
    await page.close();
  });

  test("frames are stepped through by a slider, or all stand there without scripts", async () => {
    const path = "/figures/shapes/filters/";
    const [still] = await open("classes", path, { javaScriptEnabled: false });
    const frames = still.locator("tile-grid .frame");
    const count = await frames.count();
    expect(count).toBeGreaterThan(3);
    for (let i = 0; i < count; i++) expect(await frames.nth(i).isVisible()).toBe(true);
    expect(await still.locator(".scrubber").isVisible()).toBe(false);
    await still.close();
    const [page] = await open("classes", path);
    const shown = page.locator("tile-grid .frame:visible");
    expect(await shown.getAttribute("data-label")).toBe("step 200");
    await page.locator(".scrubber input").focus();
    await page.keyboard.press("Home");
    expect(await shown.count()).toBe(1);
    expect(await shown.getAttribute("data-label")).toBe("step 0");
    expect(await page.locator(".scrubber output").textContent()).toBe("step 0");
    await page.close();
  });

  test("tiles are reached by Tab and walked by arrows, each with its tip", async () => {
    const [page] = await open("classes", "/figures/shapes/filters/");
    const tiles = page.locator("tile-grid .frame:visible td.tile");
    await tiles.first().focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowRight");
    const focused = page.locator("td.tile:focus");
    expect(await focused.locator(".tip").isVisible()).toBe(true);
    expect(await focused.locator(".tip b").textContent()).toBe("width 2, seed 1: unit 2");
    await page.close();
  });

  test("on a phone each row of tiles says its means where it begins", async () => {
    const path = "/figures/shapes/examples/";
    const means = "th[scope=row] .row-means";
    const [phone] = await open("classes", path, { viewport: { width: 390, height: 800 } });
    expect(await phone.locator(means).first().innerText()).toMatch(/^\d\.\d\d\s+\d\.\d\d$/);
    const { x, width } = (await phone.locator(means).first().boundingBox())!;
    expect(x + width).toBeLessThan(390);
    expect(await phone.locator("p.row-means").innerText()).toMatch(/mean\s+loss, training batch/);
    await phone.close();
    const [page] = await open("classes", path);
    expect(await page.locator(".row-means:visible").count()).toBe(0);
    expect(await page.locator("td.mean svg:visible").count()).toBe(4);
    await page.close();
  });

  test("Tab goes from citation to citation without falling off the page", async () => {
    const [page] = await open("classes", "/articles/shapes/");
    const stops: string[] = [];
    while (stops.length < 100 && stops.at(-1) !== "BODY") {
      await page.keyboard.press("Tab");
      stops.push(
        await page.evaluate(() => document.activeElement!.id || document.activeElement!.tagName),
      );
    }
    const citations = await page.locator(".cite-button").evaluateAll((all) => all.map((b) => b.id));
    expect(citations).toHaveLength(4);
    expect(stops.filter((id) => id.startsWith("cite-"))).toEqual(citations);
    await page.locator(".cite-button").first().focus();
    await page.keyboard.press("Enter");
    expect(await page.locator(".cite-card:visible").count()).toBe(1);
    await page.keyboard.press("Tab");
    expect(await page.locator(".cite-card a:focus").count()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await page.locator(".cite-card:visible").count()).toBe(0);
    await page.close();
  });

  test("Esc hides what is shown of tiles, works and runs, and leaves the focus", async () => {
    const [page] = await open("classes", "/articles/shapes/");
    const tip = page.locator("tile-grid .tip:visible");
    const tile = page.locator("#filters .frame:visible td.tile").first();
    await tile.focus();
    expect(await tip.count()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await tip.count()).toBe(0);
    expect(await page.locator("td.tile:focus").count()).toBe(1);
    await page.keyboard.press("ArrowDown");
    expect(await tip.count()).toBe(1);
    await page.keyboard.press("Escape");
    await tile.hover();
    expect(await tip.count()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await tip.count()).toBe(0);
    const citation = page.locator(".cite-button").first();
    await citation.hover();
    expect(await page.locator(".cite-card:visible").count()).toBe(1);
    await page.keyboard.press("Escape");
    expect(await page.locator(".cite-card:visible").count()).toBe(0);
    await page.mouse.move(1, 1);
    await citation.hover();
    expect(await page.locator(".cite-card:visible").count()).toBe(1);
    const summary = page.locator("#accuracy .figure-source summary");
    await summary.click();
    await page.locator("#accuracy .figure-source li a").first().focus();
    await page.keyboard.press("Escape");
    expect(await page.locator("#accuracy .figure-source li:visible").count()).toBe(0);
    expect(await summary.evaluate((node) => node === document.activeElement)).toBe(true);
    await page.close();
  });

  test("without scripts a run's page shows everything", async () => {
    const run = (await kinds()).find(
      ([name, path]) => name === "classes" && path.startsWith("/runs/"),
    )!;
    const [page] = await open(...run, { javaScriptEnabled: false });
    for (const text of ["Parameters", "Provenance", "Files", "loss, new pictures", "run.json"]) {
      expect(await page.getByText(text).first().isVisible(), text).toBe(true);
    }
    expect(await page.locator("main svg[role=img]:visible").count()).toBeGreaterThanOrEqual(2);
    await page.close();
  });

  test("what is long begins, and unfolds without scripts", async () => {
    const { studies } = await indexOf("long");
    const last = studies[0]!.tables[0]!.rows.at(-1)!; // of size 53
    const [run] = await open("long", `/runs/${last.key}/`, { javaScriptEnabled: false });
    const rows = run.locator("tbody tr:visible").filter({ hasText: /word \d/ });
    expect(await rows.count()).toBe(20);
    await run.getByText("All 53 rows").click();
    expect(await rows.count()).toBe(53);
    expect(await run.locator("td.tile").count()).toBe(24);
    expect(await run.getByText("and 29 more columns").isVisible()).toBe(true);
    const weights = run.locator("tr", { hasText: "weights" });
    expect(await weights.innerText()).toMatch(/53 × 100 input × unit\s+float32\s+\d.* … (0\.99|1)/);
    await run.close();
    const [study] = await open("long", "/studies/long/", { javaScriptEnabled: false });
    const plots = study.locator(".plot-grid li:visible");
    expect(await plots.count()).toBe(12);
    await study.getByText("2 more", { exact: true }).click();
    expect(await plots.count()).toBe(14);
    const shapes = study.locator(".output tr", { hasText: "weights" });
    expect(await shapes.innerText()).toContain("40 … 53 × 100 input × unit");
    const [left, right] = await Promise.all(
      ["size", "half"].map((name) => study.locator(`.output:has(#sizes-${name})`).boundingBox()),
    );
    expect([left!.y, left!.x < right!.x]).toEqual([right!.y, true]);
    await study.close();
  });

  test("on paper a figure keeps to its page, tables to its width, and nothing covers anything", async () => {
    const paper = { viewport: { width: 673, height: 986 } }; // A4 without its margins
    const [figure] = await open("classes", "/figures/shapes/accuracy/", paper);
    const pdf = (await figure.pdf({ format: "A4" })).toString("latin1");
    expect(pdf.match(/\/Type \/Page\b/g)).toHaveLength(1);
    await figure.close();
    for (const [name, path] of await kinds()) {
      const [page] = await open(name, path, paper);
      await page.emulateMedia({ media: "print" });
      const cut = await page
        .locator(".data-table :is(th, td):visible")
        .evaluateAll((cells) => cells.filter((cell) => cell.getBoundingClientRect().right > 674));
      expect(cut, `${name} ${path}`).toEqual([]);
      await page.close();
    }
  });

  test("colours of concepts come from the study's own style sheet", async () => {
    const [page] = await open("classes", "/articles/shapes/", { colorScheme: "light" });
    const color = await page.locator("b.test").evaluate((node) => getComputedStyle(node).color);
    expect(color).toBe("rgb(173, 76, 0)");
    const stroke = await page
      .locator("#course svg [stroke]")
      .evaluateAll((paths) => paths.map((path) => getComputedStyle(path).stroke));
    expect(stroke).toContain("rgb(213, 94, 0)");
    await page.close();
  });

  test("the article weighs at most 1 MB", async () => {
    const page = await browser!.newPage({ viewport: { width: 1440, height: 900 } });
    const bodies: Promise<number>[] = [];
    page.on("response", (response) =>
      bodies.push(
        response.body().then(
          (body) => body.length,
          () => 0,
        ),
      ),
    );
    await page.goto(`${servers["classes"]!.origin}/articles/shapes/`);
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await page.waitForLoadState("networkidle");
    const bytes = (await Promise.all(bodies)).reduce((sum, size) => sum + size, 0);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(1_000_000);
    await page.close();
  });
});
