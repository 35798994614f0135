import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { temporaryFolder } from "../lab/folder.ts";

const parts = ["src", "scripts", "astro.config.mjs", "package.json", "tsconfig.json"];
const shapes = "test/galleries/classes/experiments/shapes";

let copy: string;

/** The command of a copy, with folders of its own. */
async function build(...args: string[]): Promise<{ code: number; output: string }> {
  const child = spawn(process.execPath, ["scripts/build.ts", "--profile", "quick", ...args], {
    cwd: copy,
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], VITRINE_DATA: "drawn" },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = (await once(child, "close")) as [number];
  return { code, output };
}

const readPage = (path: string): Promise<string> =>
  readFile(join(copy, "dist", path, "index.html"), "utf8");

beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "vitrine-deletion-"));
  for (const part of parts) await cp(part, join(copy, part), { recursive: true });
  await symlink(resolve("node_modules"), join(copy, "node_modules"));
  await cp("experiments", join(copy, "experiments"), { recursive: true });
  await cp(shapes, join(copy, "experiments/shapes"), { recursive: true });
});

afterAll(() => rm(copy, { recursive: true }));

test("any study may be deleted: the tool builds the pages of the others", async () => {
  const own = (await readdir("experiments", { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(own.length).toBeGreaterThan(0);
  for (const study of own) {
    const kept = join(copy, "kept", study);
    await mkdir(join(copy, "kept"), { recursive: true });
    await cp(join(copy, "experiments", study), kept, { recursive: true });
    await rm(join(copy, "experiments", study), { recursive: true });
    const { code, output } = await build("--only", "shapes/widths/width=1/seed=1");
    expect(code, `without ${study}:\n${output}`).toBe(0);
    expect(await readPage("studies/shapes")).toContain("width 1");
    await expect(readPage(`studies/${study}`)).rejects.toThrow("ENOENT");
    for (const other of own.filter((name) => name !== study)) {
      expect(await readPage(`studies/${other}`)).toContain("not made yet");
    }
    await cp(kept, join(copy, "experiments", study), { recursive: true });
  }
});

test("without any study the linter finds nothing of the tool unused", async () => {
  const folder = await temporaryFolder();
  const { lint } = (
    JSON.parse(await readFile("package.json", "utf8")) as { scripts: { lint: string } }
  ).scripts;
  const [command, ...words] = lint.split(" && ").at(-1)!.split(" ");
  expect(command).toBe("knip");
  const others = [".prettierrc.json", "bench", "eslint.config.js", "knip.json", "test"];
  for (const part of [...parts, ...others, "vitest.config.ts"]) {
    await cp(part, join(folder, part), { recursive: true });
  }
  await symlink(resolve("node_modules"), join(folder, "node_modules"));
  const knip = resolve("node_modules/.bin", command!);
  await expect(promisify(execFile)(knip, words, { cwd: folder })).resolves.toMatchObject({
    stdout: "",
  });
});
