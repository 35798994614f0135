import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { listLocked, type Lock } from "../../../src/lab/setup/lock.ts";

const entry = (version: string, ...needs: string[]) => ({
  version,
  integrity: `sha512-${version}`,
  dependencies: Object.fromEntries(needs.map((name) => [name, "*"])),
});

const lock: Lock = {
  packages: {
    "": {},
    "node_modules/a": entry("1", "b", "@scope/c"),
    "node_modules/a/node_modules/b": entry("2", "d"),
    "node_modules/b": entry("3"),
    "node_modules/@scope/c": entry("4", "b"),
    "node_modules/d": entry("5", "a"),
    "node_modules/stranger": entry("6"),
  },
};

test("a package comes with what it needs, found as Node finds it, circles included", () => {
  expect(listLocked(lock, "a").map(({ path, name, version }) => [path, name, version])).toEqual([
    ["node_modules/a", "a", "1"],
    ["node_modules/a/node_modules/b", "b", "2"],
    ["node_modules/d", "d", "5"],
    ["node_modules/@scope/c", "@scope/c", "4"],
    ["node_modules/b", "b", "3"],
  ]);
});

test("what the lock file lacks is named", () => {
  const broken = { packages: { "node_modules/a": entry("1", "gone") } };
  expect(() => listLocked(broken, "a")).toThrow("no gone, which node_modules/a needs");
  const open = { packages: { "node_modules/a": { version: "1" } } };
  expect(() => listLocked(open, "a")).toThrow("does not say which node_modules/a it means");
});

test("the project's own lock file has all of tfjs-node, each after the folder it is nested in", async () => {
  const path = new URL("../../../package-lock.json", import.meta.url);
  const own = JSON.parse(await readFile(path, "utf8")) as Lock;
  const paths = listLocked(own, "@tensorflow/tfjs-node").map(({ path }) => path);
  expect(paths[0]).toBe("node_modules/@tensorflow/tfjs-node");
  expect(paths).toContain("node_modules/@mapbox/node-pre-gyp");
  const nested = paths.filter((path) => path.includes("/node_modules/"));
  expect(nested.length).toBeGreaterThan(0);
  for (const path of nested) {
    const owner = path.slice(0, path.lastIndexOf("/node_modules/"));
    expect(paths.indexOf(owner)).toBeLessThan(paths.indexOf(path));
    expect(paths).toContain(owner);
  }
});
