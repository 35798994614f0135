import { once } from "node:events";
import { existsSync } from "node:fs";
import { readFile, realpath, stat } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { extname, join, sep } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseBase } from "./address.ts";
import { UserError } from "./error.ts";
import { markerName } from "./folders.ts";

const types: Record<string, string> = {
  ".css": "text/css",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript",
  ".json": "application/json",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
  ".xml": "application/xml",
};

const absent = ["ENOENT", "ENOTDIR", "EISDIR", "ENAMETOOLONG", "ELOOP"];

interface Page {
  body: Buffer;
  type: string;
}

/** A file, or the page of a folder; null where there is neither, or where a link leads out of the site. */
async function maybePage(dist: string, path: string): Promise<Page | null> {
  for (const name of [path, join(path, "index.html")]) {
    try {
      const [site, file] = [await realpath(dist), await realpath(join(dist, name))];
      if (!file.startsWith(site + sep)) continue;
      const body = await readFile(file);
      return { body, type: types[extname(name)] ?? "application/octet-stream" };
    } catch (error) {
      if (!absent.includes((error as NodeJS.ErrnoException).code!)) throw error;
    }
  }
  return null;
}

/** Tells a site from another in its place; null between the two. */
const identify = (dist: string): Promise<number | null> =>
  stat(dist).then(
    ({ ino }) => ino,
    () => null,
  );

/** A new site comes into the place of the old one within this many looks, 20 ms apart. */
const looks = 100;

/** As maybePage(), of one site or the other while one takes the place of another. */
async function findPage(dist: string, path: string): Promise<Page | null> {
  for (let look = 1; ; look++) {
    const before = await identify(dist);
    const page = await maybePage(dist, path);
    if (page || look === looks) return page;
    if (before !== null && before === (await identify(dist))) return null;
    await sleep(20);
  }
}

/** The part of a request's path within the site, decoded; null outside of it. */
function pathWithin(base: string, url: string): string | null {
  try {
    // Dots that lead out of the site are gone after this, and after decoding none may come back.
    const path = decodeURIComponent(new URL(url, "http://localhost").pathname);
    if (path.split(/[/\\]/).includes("..") || path.includes("\0")) return null;
    return `${path}/`.startsWith(base) ? path.slice(base.length) : null;
  } catch {
    return null;
  }
}

/**
 * The base that a site was built for; "/" where Astro alone built it.
 * @throws UserError where there is no site.
 */
export async function readBase(dist: string): Promise<string> {
  if (!existsSync(join(dist, "index.html"))) {
    throw new UserError(`there is no site in ${dist}`, { hint: "npm run build makes it" });
  }
  const marker = await readFile(join(dist, markerName), "utf8").catch(() => "");
  return parseBase(/^base (.*)$/m.exec(marker)?.[1]);
}

/**
 * Serves the built site as a static host would, under its base; a site that takes the place of
 * another is served without a restart.
 * @param base as parseBase() returns it.
 * @throws UserError where the port is taken.
 */
export async function servePreview(
  dist: string,
  address: { base: string; host: string; port: number },
): Promise<{ server: Server; url: string }> {
  const base = `/${address.base}/`.replace(/\/+/g, "/");
  const server = createServer((request, response) => {
    const answer = async (): Promise<void> => {
      if (request.method !== "GET" && request.method !== "HEAD") {
        return void response.writeHead(405, { allow: "GET, HEAD" }).end();
      }
      if (request.url === "/" && base !== "/") {
        return void response.writeHead(302, { location: base }).end();
      }
      const path = pathWithin(base, request.url!);
      const page = path === null ? null : await findPage(dist, path);
      const shown = page ?? (await maybePage(dist, "404.html"));
      const headers = { "content-type": shown?.type ?? "text/plain", "cache-control": "no-cache" };
      response.writeHead(page ? 200 : 404, headers).end(shown?.body ?? "not found\n");
    };
    answer().catch(() => response.writeHead(500).end("this file cannot be read\n"));
  });
  server.listen(address.port, address.host);
  try {
    await once(server, "listening");
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE") throw new UserError(`cannot listen: ${message}`, { cause: error });
    throw new UserError(`port ${address.port} is taken, maybe by another preview`, {
      hint: `npm run preview -- --port ${address.port + 1}`,
    });
  }
  const { port } = server.address() as { port: number };
  return { server, url: `http://${address.host}:${port}${base}` };
}
