import { existsSync } from "node:fs";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { DOMParser as XmlReader, parseHTML } from "linkedom";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { formatFeed } from "../../src/site/feed.ts";
import { formatSitemap } from "../../src/site/sitemap.ts";
import { launchChromium } from "../browser/chromium.ts";
import { buildPages, type BuiltSite, publishUnmade } from "../galleries/build.ts";
import { experimentsOf } from "../galleries/make.ts";

const origin = "https://example.org";
const bases = { root: "/", based: "/gallery/" };
const sites = {} as Record<keyof typeof bases | "unplaced", BuiltSite>;
let published: string;

beforeAll(async () => {
  published = await publishUnmade("classes");
  const experiments = experimentsOf("classes");
  for (const [name, base] of Object.entries(bases)) {
    const env = { VITRINE_SITE: origin };
    sites[name as "root"] = await buildPages(experiments, published, { base, env });
  }
  await writeFile(join(published, "robots.txt"), "User-agent: *\nDisallow: /\n");
  sites.unplaced = await buildPages(experiments, published);
  for (const { code, output } of Object.values(sites)) expect(code, output).toBe(0);
});

afterAll(async () => {
  for (const site of Object.values(sites)) await site.remove();
  await rm(dirname(published), { recursive: true });
});

const readXml = async (site: keyof typeof sites, name: string) => {
  const text = await readFile(join(sites[site].dist, name), "utf8");
  return new XmlReader().parseFromString(text, "text/xml");
};

/** Pages by their addresses on the host. */
async function pagesOf(site: keyof typeof bases): Promise<Map<string, Document>> {
  const { dist } = sites[site];
  const files = (await readdir(dist, { recursive: true })).filter((name) => name.endsWith(".html"));
  const read = files.map(async (file) => {
    const path = `${bases[site]}${file.replace(/index\.html$/, "")}`;
    return [origin + path, parseHTML(await readFile(join(dist, file), "utf8")).document] as const;
  });
  return new Map(await Promise.all(read));
}

const contentOf = (page: Document, name: string) =>
  page.querySelector(`meta[property="${name}"], meta[name="${name}"]`)?.getAttribute("content");

test.each(["root", "based"] as const)(
  "%s: the sitemap lists all pages but those of runs",
  async (site) => {
    const map = await readXml(site, "sitemap.xml");
    const listed = [...map.querySelectorAll("url > loc")].map(({ textContent }) => textContent);
    const pages = [...(await pagesOf(site)).keys()].filter((path) => !/\/404|\/runs\/./.test(path));
    expect(pages.length).toBeGreaterThan(10);
    expect(listed).toEqual([...pages].sort());
  },
);

test.each(["root", "based"] as const)(
  "%s: every page knows its address, and previews of it",
  async (site) => {
    for (const [address, page] of await pagesOf(site)) {
      if (address.endsWith("404.html")) continue;
      const canonical = page.querySelector('link[rel="canonical"]')?.getAttribute("href");
      expect(canonical).toBe(address);
      expect(contentOf(page, "og:url")).toBe(address);
      expect(contentOf(page, "og:title")).toBe(page.title);
      expect(contentOf(page, "og:site_name")).toBe("Shapes, shown");
      expect(contentOf(page, "og:description")).toMatch(/\w/);
      expect(contentOf(page, "og:type")).toBe(
        address.includes("/articles/") ? "article" : "website",
      );
      expect(contentOf(page, "twitter:card")).toBe("summary");
      const feed = page.querySelector('link[rel="alternate"][type="application/rss+xml"]');
      expect(feed?.getAttribute("href")).toBe(`${bases[site]}feed.xml`);
    }
  },
);

test.each(["root", "based"] as const)("%s: the feed tells of the articles", async (site) => {
  const feed = await readXml(site, "feed.xml");
  const textOf = (selector: string) => feed.querySelector(selector)?.textContent;
  expect(feed.documentElement.getAttribute("version")).toBe("2.0");
  expect(textOf("channel > title")).toBe("Shapes, shown");
  expect(textOf("channel > link")).toBe(origin + bases[site]);
  expect(textOf("channel > description")).toMatch(/\w/);
  const items = [...feed.querySelectorAll("item")];
  expect(items).toHaveLength(1);
  const link = `${origin}${bases[site]}articles/shapes/`;
  expect(textOf("item > link")).toBe(link);
  expect(textOf("item > guid")).toBe(link);
  expect(textOf("item > title")).toBe("How many units tell four shapes apart?");
  expect(textOf("item > dc\\:creator")).toBe("The shape drawers");
  expect(Date.parse(textOf("item > pubDate")!)).toBe(Date.parse("2026-11-24T00:00:00Z"));
  expect((await pagesOf(site)).has(link)).toBe(true);
});

test("an article tells its date and authors", async () => {
  const article = (await pagesOf("root")).get(`${origin}/articles/shapes/`)!;
  expect(contentOf(article, "article:published_time")).toBe("2026-11-24");
  expect(contentOf(article, "author")).toBe("The shape drawers");
});

const browser = await launchChromium();

describe.skipIf(!browser)("in Chromium", () => {
  afterAll(() => browser?.close());

  test("feed and sitemap are well-formed, whatever titles hold", async () => {
    const odd = `<b> & "quotes" ' ]]> \u0000\u000b é π`;
    const item = { title: odd, link: origin, description: odd, authors: [odd], date: new Date(0) };
    const link = `${origin}/?a=1&b=2`;
    const feed = formatFeed({ title: odd, description: odd, link, self: link, items: [item] });
    const page = await browser!.newPage();
    const read = (xml: string, selector: string) =>
      page.evaluate(
        ([xml, selector]) => {
          const parsed = new DOMParser().parseFromString(xml!, "text/xml");
          return (parsed.querySelector("parsererror") ?? parsed.querySelector(selector!))
            ?.textContent;
        },
        [xml, selector],
      );
    expect(await read(feed, "item > title")).toBe(`<b> & "quotes" ' ]]>  é π`);
    expect(await read(formatSitemap([link]), "loc")).toBe(link);
  });
});

test("robots are told where the list is, at the root of a host only", async () => {
  const robots = await readFile(join(sites.root.dist, "robots.txt"), "utf8");
  const fields = robots
    .trim()
    .split("\n")
    .map((line) => line.split(/: (.*)/).slice(0, 2));
  expect(fields).toEqual([
    ["User-agent", "*"],
    ["Allow", "/"],
    ["Sitemap", `${origin}/sitemap.xml`],
  ]);
  expect(existsSync(join(sites.based.dist, "robots.txt"))).toBe(false);
});

test("a site that does not know its address says nothing of it, and leaves files of the author's own", async () => {
  const { dist } = sites.unplaced;
  for (const name of ["feed.xml", "sitemap.xml"]) expect(existsSync(join(dist, name))).toBe(false);
  const home = await readFile(join(dist, "index.html"), "utf8");
  expect(home).not.toMatch(/og:url|canonical|feed\.xml/);
  expect(await readFile(join(dist, "robots.txt"), "utf8")).toBe("User-agent: *\nDisallow: /\n");
});
