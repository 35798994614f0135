import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { temporaryFolder } from "../lab/folder.ts";
import { descendantsOf, survivorsOf } from "../processes.ts";
import { declareStudy, type Ended, root, start, startByNpm } from "./gallery.ts";

const args = ["--base", "/vitrine/"];

let env: Record<
  "VITRINE_EXPERIMENTS" | "VITRINE_RESULTS" | "VITRINE_PUBLIC" | "VITRINE_DIST",
  string
>;
let both: Ended[];

const article = `---
title: Twice as many
deck: What doubling does to a number.
date: 2026-11-24
authors:
  - name: Ada Lovelace
---

Twice 21 is <Value of="runs/double" />.
`;

const articlePath = (): string => join(env.VITRINE_EXPERIMENTS, "counts", "article.mdx");

const writeArticle = (more: string): Promise<void> => writeFile(articlePath(), article + more);

/** Two builds of a gallery at once, with a run that takes no time and an article. */
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), "vitrine-build-"));
  env = {
    VITRINE_EXPERIMENTS: join(root, ".cache", basename(folder)),
    VITRINE_RESULTS: join(folder, "results"),
    VITRINE_PUBLIC: join(folder, "public"),
    VITRINE_DIST: join(folder, "site", "dist"),
  };
  await declareStudy(env.VITRINE_EXPERIMENTS, "counts");
  await writeArticle("");
  await mkdir(env.VITRINE_PUBLIC);
  await writeFile(join(env.VITRINE_PUBLIC, "robots.txt"), "");
  both = await Promise.all([1, 2].map(() => start("build", args, env).ended));
});

afterAll(async () => {
  for (const folder of [dirname(env.VITRINE_RESULTS), env.VITRINE_EXPERIMENTS]) {
    await rm(folder, { recursive: true, force: true });
  }
});

const besideDist = (): Promise<string[]> => readdir(dirname(env.VITRINE_DIST));

/** Checksums of all files of the site, by path. */
async function readSite(): Promise<Record<string, string>> {
  const found = await readdir(env.VITRINE_DIST, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((e) => join(e.parentPath, e.name));
  const sums = paths.sort().map(async (path) => {
    const sum = createHash("sha256")
      .update(await readFile(path))
      .digest("hex");
    return [path.slice(env.VITRINE_DIST.length + 1), sum] as const;
  });
  return Object.fromEntries(await Promise.all(sums));
}

test("two builds at once both succeed, and the site is complete", async () => {
  expect(both).toMatchObject([
    { code: 0, stderr: "" },
    { code: 0, stderr: "" },
  ]);
  expect(both.map(({ stdout }) => stdout).join("")).not.toMatch(/warn/i);
  for (const { stdout } of both) {
    expect(stdout).toMatch(/pages: .*\b1 articles\b/);
    expect(stdout).not.toMatch(/index\.html/);
    expect(stdout).toContain("without --site, pages and citations leave out their own address");
  }
  const names = Object.keys(await readSite());
  for (const name of [
    ".nojekyll",
    "404.html",
    "articles/counts/index.html",
    "index.html",
    "robots.txt",
    "runs/index.json",
  ]) {
    expect(names).toContain(name);
  }
  const page = await readFile(join(env.VITRINE_DIST, "index.html"), "utf8");
  const assets = [...page.matchAll(/(?:src|href)="\/vitrine\/(_astro[^"]+)"/g)].map(([, a]) => a);
  expect(assets.length).toBeGreaterThan(0);
  expect(names).toEqual(expect.arrayContaining(assets));
  expect(await besideDist()).toEqual(["dist"]);
  expect(await readdir(env.VITRINE_PUBLIC)).toEqual(["robots.txt", "runs"]);
});

describe("the old site stays whole", () => {
  test("when pages fail", async () => {
    const before = await readSite();
    await writeArticle('\n<Figure id="nowhere" />\n');
    const { code, stdout, stderr } = await start("build", args, env).ended;
    expect(code).toBe(1);
    expect(stdout + stderr).toMatch(/counts\/article\.mdx:\d+:\d+: .*nowhere/);
    expect(await readSite()).toEqual(before);
    expect(await besideDist()).toEqual(["dist"]);
  });

  test("when npm is asked to end: with it everything is gone in two seconds", async () => {
    const before = await readSite();
    await writeArticle("\nOf 21.\n");
    const command = startByNpm("build", args, env);
    await command.says("Collecting build info");
    const pids = await descendantsOf(command.child.pid!);
    expect(pids.length).toBeGreaterThanOrEqual(2);
    command.child.kill("SIGTERM");
    expect(await survivorsOf(pids)).toEqual([]);
    const { code, stderr } = await command.ended;
    expect(code).toBe(143);
    expect(stderr).toContain("interrupted by SIGTERM");
    expect(await readSite()).toEqual(before);
    expect(await besideDist()).toEqual(["dist"]);
  });

  test("when a build is killed; the next clears up", async () => {
    const before = await readSite();
    await writeArticle("\nOf 21.\n");
    const command = start("build", args, env);
    await command.says("Collecting build info");
    const pids = await descendantsOf(command.child.pid!);
    command.child.kill("SIGKILL");
    expect(await survivorsOf(pids)).toEqual([]);
    expect(await readSite()).toEqual(before);
    expect(await besideDist()).toHaveLength(2);
    expect(await start("build", args, env).ended).toMatchObject({ code: 0 });
    expect(await besideDist()).toEqual(["dist"]);
    expect(Object.keys(await readSite())).toEqual(Object.keys(before));
  });
});

describe("a second build", () => {
  /** Builds the site; whether its pages were made. */
  async function makesPages(...more: string[]): Promise<boolean> {
    const path = join(env.VITRINE_DIST, "index.html");
    const before = await stat(path);
    const { code, stdout, stderr } = await start("build", [...args, ...more], env).ended;
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { ino } = await stat(path);
    expect(stdout.includes("nothing has changed: the site in")).toBe(ino === before.ino);
    return ino !== before.ino;
  }

  test("makes no page where nothing has changed", async () => {
    await start("build", args, env).ended;
    expect(await makesPages()).toBe(false);
  });

  test("makes them for an edited text", async () => {
    await writeArticle("\nIt is even.\n");
    expect(await makesPages()).toBe(true);
    const page = join(env.VITRINE_DIST, "articles", "counts", "index.html");
    expect(await readFile(page, "utf8")).toContain("It is even.");
    expect(await makesPages()).toBe(false);
  });

  test("makes them for another address", async () => {
    expect(await makesPages("--site", "https://example.org")).toBe(true);
    expect(await makesPages()).toBe(true);
  });

  test("makes them for another static file", async () => {
    await writeFile(join(env.VITRINE_PUBLIC, "robots.txt"), "User-agent: *\n");
    expect(await makesPages()).toBe(true);
    expect(await readFile(join(env.VITRINE_DIST, "robots.txt"), "utf8")).toBe("User-agent: *\n");
  });

  test("makes them for another result", async () => {
    expect(await makesPages("--force")).toBe(true);
  });

  test("makes them where somebody has touched the site", async () => {
    await rm(join(env.VITRINE_DIST, "articles", "counts", "index.html"));
    expect(await makesPages()).toBe(true);
    await writeFile(join(env.VITRINE_DIST, "404.html"), "gone");
    expect(await makesPages()).toBe(true);
    expect(await readFile(join(env.VITRINE_DIST, "404.html"), "utf8")).not.toBe("gone");
  });
});

test("a folder that holds something else is not replaced, and nothing is trained for it", async () => {
  const dist = await temporaryFolder();
  await writeFile(join(dist, "thesis.tex"), "");
  const { code, stdout, stderr } = await start("build", args, { ...env, VITRINE_DIST: dist }).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain(`${dist} holds files that Vitrine may not have made`);
  expect(await readdir(dist)).toEqual(["thesis.tex"]);
});
