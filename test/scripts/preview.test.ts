import { mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { temporaryFolder } from "../lab/folder.ts";
import { run, start } from "./gallery.ts";

async function writeSite(dist: string, base: string, home: string): Promise<void> {
  await mkdir(join(dist, "articles", "x"), { recursive: true });
  await writeFile(join(dist, ".vitrine"), `base ${base}\n`);
  await writeFile(join(dist, "index.html"), home);
  await writeFile(join(dist, "404.html"), "no such page");
  await writeFile(join(dist, "articles", "x", "index.html"), "article");
  await writeFile(join(dist, "x.svg"), "<svg/>");
}

/** Serves a site built for a base, in a process of its own; `origin` has no slash at its end. */
async function preview(base: string, ...args: string[]) {
  const folder = await temporaryFolder();
  const dist = join(folder, "dist");
  await writeSite(dist, base, "home");
  const command = start("preview", ["--port", "0", ...args], { VITRINE_DIST: dist });
  onTestFinished(() => void command.child.kill("SIGKILL"));
  const [, url] = /is served at (\S+)/.exec(await command.says("(Ctrl-C ends it)"))!;
  return { folder, dist, command, url: url!, origin: new URL(url!).origin };
}

const ask = async (url: string) => {
  const response = await fetch(url, { redirect: "manual" });
  return { status: response.status, text: await response.text(), headers: response.headers };
};

/** The path as it is: fetch() would straighten it. */
const askRaw = (origin: string, path: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    request({ hostname, port, path }, (response) => resolve(response.resume().statusCode!))
      .once("error", reject)
      .end();
  });

test("serves a site under the base it was built for", async () => {
  const { url, origin } = await preview("/vitrine/");
  expect(url).toBe(`${origin}/vitrine/`);
  expect(await ask(url)).toMatchObject({ status: 200, text: "home" });
  expect(await ask(`${origin}/vitrine`)).toMatchObject({ status: 200, text: "home" });
  for (const path of ["articles/x/", "articles/x", "articles/x/index.html?q#f"]) {
    expect(await ask(url + path)).toMatchObject({ status: 200, text: "article" });
  }
  expect((await ask(`${url}x.svg`)).headers.get("content-type")).toBe("image/svg+xml");
  expect((await ask(origin)).headers.get("location")).toBe("/vitrine/");
  for (const path of ["/articles/x/", "/vitrinex.svg", "/vitrine/y/"]) {
    expect(await ask(origin + path)).toMatchObject({ status: 404, text: "no such page" });
  }
});

test("names that no file can have are not found, and nothing is taken", async () => {
  const { url } = await preview("/");
  expect(await ask(url + "a".repeat(3000))).toMatchObject({ status: 404, text: "no such page" });
  expect((await fetch(url, { method: "POST" })).status).toBe(405);
});

test("--base says another, and what lies outside of the site stays there", async () => {
  const { folder, url, origin } = await preview("/vitrine/", "--base", "other");
  await writeFile(join(folder, "secret.txt"), "secret");
  expect(url).toBe(`${origin}/other/`);
  const paths = [
    "../secret.txt",
    "%2e%2e/secret.txt",
    "..%2fsecret.txt",
    "..%5csecret.txt",
    "%00",
    "%",
  ];
  for (const path of paths) expect(await askRaw(origin, `/other/${path}`)).toBe(404);
  expect(await askRaw(origin, "http://[")).toBe(404);
});

test("links lead to what lies within the site only", async () => {
  const { folder, dist, url } = await preview("/");
  await mkdir(join(folder, "dist-of-another"));
  await writeFile(join(folder, "secret.txt"), "secret");
  await writeFile(join(folder, "dist-of-another", "index.html"), "another");
  await symlink(join(folder, "secret.txt"), join(dist, "secret.txt"));
  await symlink(join("..", "dist-of-another"), join(dist, "another"));
  await symlink("round", join(dist, "round"));
  await symlink("articles", join(dist, "texts"));
  await symlink("x.svg", join(dist, "..x.svg"));
  for (const path of ["secret.txt", "another/", "another/index.html", "round"]) {
    expect(await ask(url + path), path).toMatchObject({ status: 404, text: "no such page" });
  }
  expect(await ask(`${url}texts/x/`)).toMatchObject({ status: 200, text: "article" });
  expect(await ask(`${url}..x.svg`)).toMatchObject({ status: 200, text: "<svg/>" });
});

test("answers while one site takes the place of another, and shows the new one", async () => {
  const { folder, dist, url } = await preview("/");
  const seen = new Set<string>();
  let swapping = true;
  const asking = (async () => {
    while (swapping) {
      const { status, text } = await ask(url);
      seen.add(`${status} ${text}`);
    }
  })();
  for (let i = 0; i < 200; i++) {
    await writeSite(join(folder, "next"), "/", i % 2 ? "home" : "new home");
    await rename(dist, join(folder, "old"));
    await rename(join(folder, "next"), dist);
    await rm(join(folder, "old"), { recursive: true });
  }
  swapping = false;
  await asking;
  expect([...seen].sort()).toEqual(["200 home", "200 new home"]);
});

test.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("%s ends it without ado", async (signal) => {
  const { command } = await preview("/");
  command.child.kill(signal);
  expect(await command.ended).toMatchObject({ code: 0, stderr: "" });
});

test("a port that is taken is told, with another", async () => {
  const { origin, dist } = await preview("/");
  const { port } = new URL(origin);
  const second = start("preview", ["--port", port], { VITRINE_DIST: dist });
  const { code, stderr } = await second.ended;
  expect(code).toBe(1);
  expect(stderr).toContain(`error: port ${port} is taken, maybe by another preview\nhint: `);
  expect(stderr).toContain(`--port ${Number(port) + 1}`);
});

test("without a site, or with a strange option, it says so", async () => {
  const dist = join(await temporaryFolder(), "dist");
  const { code, stderr } = await start("preview", [], { VITRINE_DIST: dist }).ended;
  expect(code).toBe(1);
  expect(stderr).toBe(`error: there is no site in ${dist}\nhint: npm run build makes it\n`);
  expect((await run("preview", "--prt", "1")).stderr).toContain("did you mean --port?");
  expect((await run("preview", "--port", "x")).stderr).toContain("a number up to 65535, found “x”");
});
