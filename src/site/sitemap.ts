import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import type { AstroIntegration } from "astro";
import { joinBase } from "./url.ts";
import { escapeXml } from "./xml.ts";

/** Pages of runs are reached from those of studies, and would bury all others. */
const isListed = (pathname: string): boolean => !/^(404|runs\/.+)/.test(pathname);

/** @param addresses whole. Source: sitemaps.org, protocol 0.9. */
export const formatSitemap = (addresses: readonly string[]): string =>
  [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
    ...addresses.map((address) => `  <url><loc>${escapeXml(address)}</loc></url>`),
    "</urlset>\n",
  ].join("\n");

/** Astro integration: lists the pages for search engines, where the site knows its own address. */
export function sitemap(): AstroIntegration {
  let site: string | undefined;
  let base: string;
  return {
    name: "sitemap",
    hooks: {
      "astro:config:done": ({ config }) => void ({ site, base } = config),
      "astro:build:done": async ({ dir, pages }) => {
        if (site === undefined) return;
        const addressOf = (path: string): string => new URL(joinBase(base, path), site).href;
        const listed = pages.map(({ pathname }) => pathname).filter(isListed);
        await writeFile(new URL("sitemap.xml", dir), formatSitemap(listed.sort().map(addressOf)));
        const robots = new URL("robots.txt", dir);
        // Crawlers ask for it at the root of a host; one among the static files is the author's own.
        if (joinBase(base, "") !== "/" || existsSync(robots)) return;
        const lines = ["User-agent: *", "Allow: /", `Sitemap: ${addressOf("sitemap.xml")}`];
        await writeFile(robots, `${lines.join("\n")}\n`);
      },
    },
  };
}
