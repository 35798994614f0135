import { readFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { build, type Loader, type Plugin } from "esbuild";
import { parseHTML } from "linkedom";

/** A built site. */
export interface BuiltFolder {
  dist: string;
  /** As parseBase() returns it. */
  base: string;
}

/** Nothing is loaded from anywhere. */
const policy =
  "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; " +
  "script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

const blank = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw==";

const types: Record<string, string> = {
  ".gif": "image/gif",
  ".jpg": "image/jpeg",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".webp": "image/webp",
};

const endings = [...Object.keys(types), ".ttf", ".woff", ".woff2"];
const loaders = Object.fromEntries(endings.map((ending): [string, Loader] => [ending, "dataurl"]));

/** The file that an address within the site leads to. */
function fileOf({ dist, base }: BuiltFolder, address: string): string {
  const { pathname } = new URL(address, "http://localhost");
  const prefix = `/${base}/`.replace(/\/+/g, "/");
  return join(dist, decodeURIComponent(pathname).slice(prefix.length));
}

const withinSite = (site: BuiltFolder): Plugin => ({
  name: "within-site",
  setup: ({ onResolve }) => {
    onResolve({ filter: /^\// }, ({ path }) => ({ path: fileOf(site, path) }));
  },
});

/** A script or style sheet with all that it loads. @param folder which its own paths start from. */
async function bundle(
  site: BuiltFolder,
  contents: string,
  loader: "css" | "js",
  folder = site.dist,
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader, resolveDir: folder },
    bundle: true,
    write: false,
    minify: true,
    format: "esm",
    logLevel: "silent",
    loader: loaders,
    plugins: [withinSite(site)],
  });
  return outputFiles[0]!.text;
}

/**
 * A page of a built site as one file that loads nothing. Links to other pages lead to where the site
 * stands, if it was built with its address; else they are plain text.
 * @param page its folder within the site, e.g. "articles/x"
 * @returns HTML
 */
export async function packPage(site: BuiltFolder, page: string): Promise<string> {
  const { document } = parseHTML(await readFile(join(site.dist, page, "index.html"), "utf8"));
  const all = (selector: string): Element[] => [...document.querySelectorAll(selector)];
  const canonical = document.querySelector("link[rel=canonical]")?.getAttribute("href");

  for (const link of all("link[rel=stylesheet]")) {
    const path = fileOf(site, link.getAttribute("href")!);
    const style = document.createElement("style");
    style.textContent = await bundle(site, await readFile(path, "utf8"), "css", dirname(path));
    link.replaceWith(style);
  }
  for (const style of all("style")) {
    if (style.textContent.includes("url(")) {
      style.textContent = await bundle(site, style.textContent, "css");
    }
  }
  for (const script of all("script[type=module]")) {
    const src = script.getAttribute("src");
    const path = src === null ? null : fileOf(site, src);
    const text = path === null ? script.textContent : await readFile(path, "utf8");
    script.textContent = await bundle(site, text, "js", path === null ? undefined : dirname(path));
    script.removeAttribute("src");
  }
  for (const link of all("link[rel=preload], link[rel=modulepreload]")) link.remove();
  const images = Map.groupBy(all("img[src^='/']"), (image) => image.getAttribute("src")!);
  const shared = document.createElement("style");
  for (const [src, uses] of images) {
    const path = fileOf(site, src);
    const data = `data:${types[extname(path)] ?? ""};base64,${await readFile(path, "base64")}`;
    const name = `picture-${uses.length > 1 ? shared.textContent.split("\n").length : 0}`;
    for (const image of uses) {
      image.setAttribute("src", uses.length > 1 ? blank : data);
      if (uses.length > 1) image.classList.add(name);
    }
    // Tiles are cut from sheets, which many of them share: each is written once.
    if (uses.length > 1) shared.textContent += `.${name}{content:url(${data})}\n`;
  }
  document.head.append(shared);
  for (const link of all("a[href^='/']")) {
    if (canonical) link.setAttribute("href", new URL(link.getAttribute("href")!, canonical).href);
    else link.removeAttribute("href");
  }
  document
    .querySelector("meta[http-equiv='content-security-policy' i]")
    ?.setAttribute("content", policy);
  return document.toString();
}
