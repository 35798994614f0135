import { mkdir, readdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { assertOurs, markFolder, readFolders } from "../src/folders.ts";
import { temporaryFolder } from "./lab/folder.ts";

describe("readFolders", () => {
  test("gives the defaults, also for variables that are empty", async () => {
    const root = await temporaryFolder();
    const names = ["experiments", "results", "public", "dist"];
    const expected = Object.fromEntries(names.map((name) => [name, join(root, name)]));
    expect(readFolders({}, root)).toEqual(expected);
    expect(readFolders({ VITRINE_PUBLIC: "", VITRINE_DIST: "" }, root)).toEqual(expected);
    expect(readFolders({ VITRINE_DIST: "../site" }, root).dist).toBe(join(root, "../site"));
  });

  test.each([
    [{ VITRINE_DIST: "src" }, "VITRINE_DIST is ROOT/src, within the project's own src/"],
    [{ VITRINE_RESULTS: "docs/results" }, "within the project's own docs/"],
    [{ VITRINE_PUBLIC: "." }, "VITRINE_PUBLIC is ROOT, which holds the whole project"],
    [{ VITRINE_DIST: ".." }, "which holds the whole project"],
    [{ VITRINE_DIST: "/" }, "VITRINE_DIST is /, which holds the whole project"],
    [
      { VITRINE_RESULTS: "public/runs" },
      "VITRINE_RESULTS (ROOT/public/runs) lies in VITRINE_PUBLIC (ROOT/public)",
    ],
    [{ VITRINE_DIST: "public/../results" }, "VITRINE_RESULTS (ROOT/results) lies in VITRINE_DIST"],
    [{ VITRINE_EXPERIMENTS: "dist/mine" }, "VITRINE_EXPERIMENTS (ROOT/dist/mine) lies in"],
    [{ VITRINE_DIST: "link/site" }, "VITRINE_DIST (ROOT/public/site) lies in VITRINE_PUBLIC"],
  ])("refuses %j", async (env, message) => {
    const root = await temporaryFolder();
    await mkdir(join(root, "public"));
    await symlink("public", join(root, "link"));
    expect(() => readFolders(env, root)).toThrow(message.replaceAll("ROOT", root));
  });
});

describe("assertOurs", () => {
  test("a folder that is missing, empty or marked", async () => {
    const root = await temporaryFolder();
    await assertOurs(join(root, "absent"));
    await assertOurs(root);
    await writeFile(join(root, "page.html"), "");
    await markFolder(root);
    await assertOurs(root);
  });

  test("not one that holds something else, nor a file; nothing is touched", async () => {
    const root = await temporaryFolder();
    const file = join(root, "thesis.tex");
    await writeFile(file, "");
    await expect(assertOurs(root)).rejects.toMatchObject({
      message: `${root} holds files that Vitrine may not have made and would overwrite`,
      hint: expect.stringContaining(join(root, ".vitrine")),
    });
    await expect(assertOurs(file)).rejects.toThrow(`${file} cannot be read as a folder`);
    expect(await readdir(root)).toEqual(["thesis.tex"]);
  });
});
