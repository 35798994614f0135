import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { SiteIndex } from "../../src/lab/site-index.ts";
import { temporaryFolder } from "../lab/folder.ts";
import { root, start } from "./gallery.ts";

const study = `
import { defineStudy } from "#lab/study";
import { arrays, defineTask, model, table, x, y, z } from "#lab/task";

const learn = defineTask({
  name: "learn",
  params: z.strictObject({ kind: z.string(), optimizer: z.string() }),
  outputs: {
    curve: table({ step: x("step"), loss: y("loss") }),
    weights: arrays(),
    network: model(),
  },
  code: new URL("learn.ts", import.meta.url),
});

export default defineStudy(() => ({
  title: "Twice",
  tables: {
    all: learn.table({
      over: { kind: ["wide", "narrow", "dense"], optimizer: ["sgd", "momentum", "adam"] },
      run: (at) => at,
    }),
  },
}));
`;

/** Winograd convolutions, gathered ones, and a state updated in place. */
const learn = `
import * as tf from "@tensorflow/tfjs-core";
import { split } from "#lab/random";
import { openLab } from "#lab/training";

const shapes = {
  wide: [[5, 5, 1, 32], [5, 5, 32, 32], [5, 5, 32, 1]],
  narrow: [[3, 3, 1, 8], [3, 3, 8, 8], [3, 3, 8, 1]],
  dense: [[784, 784], [784, 784]],
};

const draw = (name, shape, size) => {
  const random = split(1, name);
  const length = shape.reduce((product, d) => product * d, 1);
  return tf.tensor(Float32Array.from({ length }, () => random.normal() * size), shape);
};

export default async (call) => {
  const { kind, optimizer } = call.params;
  const lab = await openLab(call);
  const kernels = shapes[kind].map((shape, i) =>
    tf.variable(draw("kernel-" + i, shape, 0.5 / Math.sqrt(shape.slice(0, -1).reduce((a, b) => a * b, 1)))),
  );
  const picture = draw("picture", kind === "dense" ? [1, 784] : [1, 28, 28, 1], 1);
  const network = (input) =>
    kernels.reduce((x, kernel, i) => {
      const y = kind === "dense" ? tf.matMul(x, kernel) : tf.conv2d(x, kernel, 1, "same");
      return i < kernels.length - 1 ? tf.relu(y) : y;
    }, input);
  const rule = { sgd: tf.train.sgd(0.1), momentum: tf.train.momentum(0.05, 0.9), adam: tf.train.adam(0.001) }[optimizer];
  const loss = () => tf.losses.meanSquaredError(picture, network(picture));
  const { series } = await lab.train({ steps: 30, step: () => rule.minimize(loss, true, kernels) });
  const found = lab.evaluate(() => kernels.map((kernel) => kernel.clone()));
  return {
    curve: { step: series.loss.map((_, i) => i + 1), loss: series.loss },
    weights: Object.fromEntries(found.map((data, i) => ["kernel" + i, { data, shape: shapes[kind][i] }])),
    network: lab.exportModel(network, [{ name: "input", shape: picture.shape }]),
  };
};
`;

/** Makes all runs with so many processes in a store of its own; every run's files. */
async function makeAll(experiments: string, jobs: number): Promise<Map<string, Buffer>> {
  const folder = await temporaryFolder();
  const env = {
    VITRINE_EXPERIMENTS: experiments,
    VITRINE_RESULTS: join(folder, "results"),
    VITRINE_PUBLIC: join(folder, "public"),
  };
  const { code, stderr } = await start("train", ["--jobs", String(jobs)], env).ended;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const path = join(env.VITRINE_PUBLIC, "runs", "index.json");
  const index = JSON.parse(await readFile(path, "utf8")) as SiteIndex;
  const found = new Map<string, Buffer>();
  for (const { key, label } of index.studies[0]!.tables[0]!.rows) {
    const run = join(env.VITRINE_RESULTS, key);
    const names = (await readdir(run)).filter((name) => !name.startsWith("run.json"));
    for (const name of names) found.set(`${label}/${name}`, await readFile(join(run, name)));
  }
  return found;
}

test("made twice, by one process and by two: the same bytes", async () => {
  const experiments = await temporaryFolder(join(root, ".cache"));
  await mkdir(join(experiments, "twice"));
  await writeFile(join(experiments, "twice", "study.ts"), study);
  await writeFile(join(experiments, "twice", "learn.ts"), learn);
  const [alone, together] = [await makeAll(experiments, 1), await makeAll(experiments, 2)];
  expect(alone.size).toBe(9 * 3);
  for (const [name, bytes] of alone) {
    // Not toEqual: a difference of so many bytes would fill the screen.
    expect(bytes.equals(together.get(name)!), name).toBe(true);
  }
});
