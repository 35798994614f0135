import { readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { readSettings } from "../../src/site/settings.ts";
import { temporaryFolder } from "../lab/folder.ts";
import { declareStudy, root, start } from "../scripts/gallery.ts";

async function folderWith(yaml: string): Promise<string> {
  const folder = await temporaryFolder(join(root, ".cache"));
  await writeFile(join(folder, "site.yaml"), yaml);
  return folder;
}

test("a gallery without the file has the defaults", async () => {
  const defaults = { name: "Gallery", authors: [], links: [], docs: true };
  expect(readSettings(await temporaryFolder())).toEqual(defaults);
  expect(readSettings(await folderWith("# nothing yet\n"))).toEqual(defaults);
});

describe("a mistake is told with file, line, column and what was meant", () => {
  test.each([
    ["nam: A\n", "1:1: unknown key “nam”; did you mean “name”?"],
    ["name: A\nlicence:\n  nmae: MIT\n", "3:3: licence: unknown key “nmae”; did you mean “name”?"],
    ["\nauthors:\n  - nam: A\n", "3:5: authors[0]: unknown key “nam”; did you mean “name”?"],
    [
      "links:\n  - label: A\n    url: javascript:a\n",
      "3:5: links[0].url: must be an address with https:// or http://",
    ],
    ["authors:\n  - url: https://a.org\n", "2:5: authors[0].name: is missing"],
    ["name: A\nbase: a b\n", "2:1: base: is no plain path, e.g. /vitrine/"],
    ["site: example.org\n", "1:1: site: is no address of http or https, e.g. https://example.org"],
    ["name: [\n", "2:1: "],
  ])("%j", async (yaml, message) => {
    const folder = await folderWith(yaml);
    const place = relative(process.cwd(), join(folder, "site.yaml"));
    expect(() => readSettings(folder)).toThrow(`${place}:${message}`);
  });
});

describe("a build", () => {
  const folders = async (experiments: string) => {
    const folder = await temporaryFolder();
    return {
      VITRINE_EXPERIMENTS: experiments,
      VITRINE_RESULTS: join(folder, "results"),
      VITRINE_PUBLIC: join(folder, "public"),
      VITRINE_DIST: join(folder, "dist"),
    };
  };

  test("tells of a mistake before anything is made", async () => {
    const env = await folders(await folderWith("nam: A\n"));
    await declareStudy(env.VITRINE_EXPERIMENTS, "counts");
    const { code, stdout, stderr } = await start("build", [], env).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(
      /^error: \S+\/site\.yaml:1:1: unknown key “nam”; did you mean “name”\?$/m,
    );
  });

  test("stands where the settings say, unless an option or the environment says otherwise", async () => {
    const yaml =
      "base: /of-settings/\nsite: https://settings.example\nheadline: Numbers, doubled.\n";
    const env = await folders(await folderWith(yaml));
    await declareStudy(env.VITRINE_EXPERIMENTS, "counts");
    const canonical = async (args: string[], more = {}): Promise<string | undefined> => {
      const { code, stderr } = await start("build", args, { ...env, ...more }).ended;
      expect(code, stderr).toBe(0);
      const page = await readFile(join(env.VITRINE_DIST, "studies/counts/index.html"), "utf8");
      return /<link rel="canonical" href="([^"]+)"/.exec(page)?.[1];
    };
    expect(await canonical([])).toBe("https://settings.example/of-settings/studies/counts/");
    const home = await readFile(join(env.VITRINE_DIST, "index.html"), "utf8");
    expect(home).toMatch(/<h1[^>]*>Numbers, doubled\.<\/h1>/);
    expect(await canonical(["--base", "/told/"], { VITRINE_SITE: "https://env.example" })).toBe(
      "https://env.example/told/studies/counts/",
    );
  });
});
