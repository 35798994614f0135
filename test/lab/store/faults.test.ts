import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { openStore } from "../../../src/lab/store/store.ts";
import { temporaryFolder } from "../folder.ts";
import { createResult, type ResultRecord, schema } from "../result.ts";

const faulty = fileURLToPath(new URL("writers/faulty.ts", import.meta.url));

const run = (...args: string[]) => promisify(execFile)(process.execPath, [faulty, ...args]);

async function createStore(directory: string, withOld: boolean): Promise<string> {
  const store = await openStore<ResultRecord>(directory, schema);
  if (withOld) await store.commit("a", createResult("a"));
  return directory;
}

/** Calls to the file system that a commit makes, in their order. */
async function listCalls(withOld: boolean): Promise<string[]> {
  const { stdout } = await run("list", await createStore(await temporaryFolder(), withOld), "0");
  return stdout.trim().split(" ");
}

/** A store for each of the calls, with an old run or none. */
async function createStores(withOld: boolean): Promise<[directory: string, call: string][]> {
  const folder = await temporaryFolder();
  const numbers = (await listCalls(withOld)).map((_, i) => String(i + 1));
  expect(numbers.length).toBeGreaterThan(20);
  return Promise.all(
    numbers.map(async (call) => [await createStore(join(folder, call), withOld), call]),
  );
}

/** The run that is found when the store is opened again: "old", "new", or what is wrong with it. */
async function reopen(directory: string): Promise<string> {
  const stored = await (await openStore<ResultRecord>(directory, schema)).read("a");
  // A store has no folder before its first run.
  const names = existsSync(directory) ? await readdir(directory) : [];
  const others = names.filter((name) => name !== "a");
  if (others.length > 0) return `leftovers ${others.join(", ")}`;
  if (stored.state !== "whole") return stored.state;
  return stored.record.reason === "new" ? "new" : "old";
}

test.each([
  [true, ["new", "old"]],
  [false, ["missing", "new"]],
])("one call fails, or all from it on; with an old run: %s", async (withOld, expected) => {
  for (const mode of ["fail", "fail-on"]) {
    const stores = await createStores(withOld);
    await run(mode, ...stores.flat());
    if (withOld && mode === "fail") {
      for (const [directory] of stores) expect(await readdir(directory)).toContain("a");
    }
    const found = await Promise.all(stores.map(([directory]) => reopen(directory)));
    expect([...new Set(found)].sort()).toEqual(expected);
  }
});

test("killed before any call, the old run is whole or the new one", async () => {
  const found = new Set<string>();
  for (const [directory, call] of await createStores(true)) {
    await expect(run("kill", directory, call)).rejects.toMatchObject({ signal: "SIGKILL" });
    found.add(await reopen(directory));
  }
  expect([...found].sort()).toEqual(["new", "old"]);
});

test("on a power cut, too: the new folder is on the disk before its name, and that before the old one goes", async () => {
  const order = (await listCalls(true)).join(" ");
  expect(order).toContain("open sync rename rename open sync rename rm");
});
