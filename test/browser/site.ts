import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { cp, mkdtemp, readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";

const types: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".json": "application/json",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

/** Builds the whole gallery as a user does, in folders of its own. @returns the site's folder. */
export async function buildGallery(): Promise<{ dist: string; output: string }> {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-site-"));
  const dist = join(folder, "dist");
  // A fresh clone has no such folder: git keeps no empty ones.
  if (existsSync("public")) {
    await cp("public", join(folder, "public"), {
      recursive: true,
      filter: (source) => !source.includes(join("public", "runs")),
    });
  }
  const child = spawn(process.execPath, ["scripts/build.ts", "--profile", "quick"], {
    env: {
      ...process.env,
      VITRINE_DATA: process.env["VITRINE_DATA"] ?? "drawn",
      VITRINE_RESULTS: join(folder, "results"),
      VITRINE_PUBLIC: join(folder, "public"),
      VITRINE_DIST: dist,
      NODE_ENV: "production",
    },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) throw new Error(`the build ended with ${code}\n${output}`);
  return { dist, output };
}

/** Serves a folder as a plain static host would. */
export async function serve(folder: string): Promise<{ origin: string; server: Server }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const file = join(folder, pathname.endsWith("/") ? `${pathname}index.html` : pathname);
    readFile(file).then(
      (body) => response.writeHead(200, { "content-type": types[extname(file)] ?? "" }).end(body),
      () => response.writeHead(404).end("not found"),
    );
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  return { origin: `http://127.0.0.1:${port}`, server };
}
