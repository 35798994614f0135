import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readNpz } from "../../src/lab/npz.ts";
import { experimentsOf, makeStudies } from "../galleries/make.ts";
import { temporaryFolder } from "./folder.ts";

const root = new URL("../../", import.meta.url).pathname;

test("a study measures a folder of pictures of another size", async () => {
  const results = await temporaryFolder();
  const data = { cacheDirectory: await temporaryFolder() };
  const { lost, record, store } = await makeStudies(experimentsOf("pictures"), results, { data });
  expect([...lost.values()]).toEqual([]);
  const drawn = record("shapes/brightness/size=as-drawn")!;
  const folder = store.path(drawn.key);
  const table = JSON.parse(await readFile(join(folder, "brightness.json"), "utf8")) as {
    picture: string[];
    shape: string[];
    brightness: number[];
  };
  expect(table.picture).toHaveLength(12);
  expect(table.picture[0]).toBe("bars/1.png");
  expect(new Set(table.shape)).toEqual(new Set(["bars", "crosses", "discs"]));
  const discs = table.brightness.filter((_, i) => table.shape[i] === "discs");
  expect(discs).toEqual([...discs].sort((a, b) => a - b)); // they were drawn ever larger
  // A disc of radius 2 on 12 × 10 pixels, its edge smoothed.
  expect(discs[0]).toBeCloseTo((Math.PI * 2 ** 2) / 120, 2);
  const means = readNpz(await readFile(join(folder, "means.npz")))["tiles"]!;
  expect(means.shape).toEqual([1, 3, 10, 12]);
  expect(drawn.outputs["means"]!.arrays!["tiles"]!.labels).toEqual({
    row: ["mean"],
    column: ["bars", "crosses", "discs"],
  });
  const stretched = record("shapes/brightness/size=8-8")!;
  expect(stretched.outputs["means"]!.arrays!["tiles"]!.shape).toEqual([1, 3, 8, 8]);
  expect(drawn.inputs["shapes"]).toMatchObject({
    description: "pictures: 12 pictures of 3 classes",
  });
});

test("a changed picture makes its runs again, a cleared cache none", async () => {
  const experiments = await temporaryFolder(join(root, ".cache"));
  await cp(experimentsOf("pictures"), experiments, { recursive: true });
  const results = await temporaryFolder();
  const make = async () =>
    makeStudies(experiments, results, { data: { cacheDirectory: await temporaryFolder() } });
  expect((await make()).madeCount).toBe(2);
  expect((await make()).madeCount).toBe(0);
  const folder = join(experiments, "shapes/pictures/discs");
  await writeFile(join(folder, "1.png"), await readFile(join(folder, "2.png")));
  expect((await make()).madeCount).toBe(2);
});
