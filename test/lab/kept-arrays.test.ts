import { chmod, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { makeOnce } from "../../src/lab/kept-arrays.ts";
import { readNpz } from "../../src/lab/npz.ts";
import { temporaryFolder } from "./folder.ts";

let folder: string;
let calls: number;
beforeEach(async () => {
  folder = join(await temporaryFolder(), "data");
  calls = 0;
});

const make = (values: number[], names?: string[]) => async () => {
  calls++;
  const x = { data: Float64Array.from(values), shape: [values.length] };
  return { arrays: { x: names ? { ...x, labels: { row: names } } : x }, note: calls };
};

test("arrays are made once of a source, and what is noted of them comes again", async () => {
  const first = await makeOnce(folder, { b: 1, a: 2 }, make([1, 2]));
  const second = await makeOnce(folder, { a: 2, b: 1 }, make([1, 2]));
  expect(second).toEqual(first);
  expect(second.note).toBe(1);
  expect([...readNpz(await readFile(first.kept.path))["x"]!.data]).toEqual([1, 2]);
  expect((await readdir(folder)).sort()).toEqual([`${first.kept.sha256}.npz`, "sources"]);
});

test("equal arrays of different sources are one file; other names are other data", async () => {
  const first = await makeOnce(folder, 1, make([1, 2], ["a", "b"]));
  const second = await makeOnce(folder, 2, make([1, 2], ["a", "b"]));
  const renamed = await makeOnce(folder, 3, make([1, 2], ["a", "c"]));
  expect(second.kept).toEqual(first.kept);
  expect(renamed.kept.sha256).not.toBe(first.kept.sha256);
  expect(JSON.parse(await readFile(renamed.kept.labels!, "utf8"))).toEqual({
    x: { row: ["a", "c"] },
  });
});

test("what was damaged or lost is made again", async () => {
  const { kept } = await makeOnce(folder, 1, make([1, 2], ["a", "b"]));
  const whole = await readFile(kept.path);
  await writeFile(kept.path, whole.subarray(0, -1));
  await makeOnce(folder, 1, make([1, 2], ["a", "b"]));
  expect(calls).toBe(2);
  expect(Buffer.compare(await readFile(kept.path), whole)).toBe(0);
  await rm(kept.labels!);
  await makeOnce(folder, 1, make([1, 2], ["a", "b"]));
  expect(calls).toBe(3);
  await makeOnce(folder, 1, make([1, 2], ["a", "b"]));
  expect(calls).toBe(3);
});

test("makers at the same time agree", async () => {
  const all = await Promise.all(Array.from({ length: 8 }, () => makeOnce(folder, 1, make([5]))));
  expect(new Set(all.map(({ kept }) => kept.sha256)).size).toBe(1);
  expect((await readdir(folder)).filter((name) => name.startsWith("."))).toEqual([]);
});

test.skipIf(process.getuid?.() === 0)("a folder that may not be written to is named", async () => {
  const parent = join(folder, "..");
  await chmod(parent, 0o500);
  await expect(makeOnce(folder, 1, make([1]))).rejects.toThrow(`${folder} cannot be written to`);
});

test("a file in the place of the folder is named", async () => {
  await writeFile(folder, "");
  await expect(makeOnce(folder, 1, make([1]))).rejects.toMatchObject({
    name: "UserError",
    message: expect.stringContaining(`${folder} cannot be written to`) as string,
    hint: expect.stringContaining("VITRINE_CACHE") as string,
  });
});
