import { mkdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { publishStudies } from "../../src/lab/publish-studies.ts";
import { describeAgenda } from "../../src/lab/site-index.ts";
import { curves } from "../../src/site/curves.ts";
import { findRows } from "../../src/site/results.ts";
import { select } from "../../src/site/selection.ts";
import { buildPages } from "../galleries/build.ts";
import { makeStudies } from "../galleries/make.ts";
import { temporaryFolder } from "../lab/folder.ts";

const root = new URL("../../", import.meta.url).pathname;

const study = `
import { defineStudy } from "#lab/study";
import { arrays, defineTask, row, table, value, x, y, z } from "#lab/task";

const pour = defineTask({
  name: "pour",
  params: z.strictObject({ seed: z.int() }),
  outputs: {
    course: table({ step: x("step"), loss: y("loss") }),
    words: table({ word: row("word"), length: y("length"), share: y("share") }),
    pictures: arrays({ shown: ["picture", "y", "x"] }),
    plane: arrays({ height: ["north", "east"] }),
    list: value(z.array(z.string())),
  },
  code: new URL("pour.ts", import.meta.url),
});

export default defineStudy(() => ({
  title: "Much of everything",
  tables: { runs: pour.table({ over: { seed: [1, 2] }, run: (at) => at }) },
}));
`;

const pour = `
const count = (length, of) => Array.from({ length }, (_, i) => of(i));
const floats = (length, of) => Float32Array.from({ length }, (_, i) => of(i));

export default async ({ params: { seed } }) => ({
  course: {
    step: count(8000, (i) => i + 1),
    loss: count(8000, (i) => (i === 4321 ? 1000 : 1 / (i + seed))),
  },
  words: {
    word: count(3000, (i) => "word " + i),
    length: count(3000, (i) => i % 11),
    share: count(3000, (i) => i / 3000),
  },
  pictures: { shown: { data: floats(2000 * 64, (i) => (i % 7) / 7), shape: [2000, 8, 8] } },
  plane: { height: { data: floats(48 * 48, (i) => Math.sin(i * i)), shape: [48, 48] } },
  list: count(9000, (i) => "item " + i),
});
`;

/** A study whose runs yield more than a page can carry, laid out for pages. */
async function publish() {
  const experiments = await temporaryFolder(join(root, ".cache"));
  await mkdir(join(experiments, "much"));
  await writeFile(join(experiments, "much", "study.ts"), study);
  await writeFile(join(experiments, "much", "pour.ts"), pour);
  const { agenda, lost, store } = await makeStudies(experiments, await temporaryFolder());
  expect([...lost.values()]).toEqual([]);
  const publicFolder = await temporaryFolder();
  const index = describeAgenda(agenda, lost, "default");
  await publishStudies(index, agenda.runs, store, publicFolder);
  vi.stubEnv("VITRINE_PUBLIC", publicFolder);
  return { experiments, publicFolder };
}

test("pages stay light, whatever runs yield, and say what they leave out", async () => {
  const { experiments, publicFolder } = await publish();
  const [run] = findRows("much", "runs");
  const { dist, code, output, remove } = await buildPages(experiments, publicFolder);
  try {
    expect(code, output).toBe(0);
    const page = join(dist, "runs", run!.key, "index.html");
    const html = await readFile(page, "utf8");
    const says = (text: string) => html.replaceAll(/\s+/g, " ").includes(text);
    expect(says("and 1,976 more columns"), "pictures that are left out are counted").toBe(true);
    expect(says("and 2,900 more rows"), "rows that are left out are counted").toBe(true);
    expect((await stat(page)).size).toBeLessThan(150_000);
    expect((await stat(join(dist, "studies", "much", "index.html"))).size).toBeLessThan(300_000);
  } finally {
    await remove();
  }
});

test("a long course is drawn from few points, its spike among them; its file holds all", async () => {
  const { publicFolder } = await publish();
  const [plot] = curves(select("much", "runs/seed=1/course"));
  const [points] = plot!.data.lines[0]!.runs;
  expect(points!.length).toBeLessThanOrEqual(240);
  expect(points).toContainEqual({ x: 4322, y: 1000 });
  expect([points![0]!.x, points!.at(-1)!.x]).toEqual([1, 8000]);
  const file = join(publicFolder, findRows("much", "runs")[0]!.out["course"]!.href!);
  const held = JSON.parse(await readFile(file, "utf8")) as { step: number[] };
  expect(held.step).toHaveLength(8000);
});
