import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { StudyRecord } from "../../src/lab/run-record.ts";
import type { SiteIndex } from "../../src/lab/site-index.ts";
import { temporaryFolder } from "../lab/folder.ts";
import { start } from "./gallery.ts";

/** Winograd convolutions, gathered ones, a state updated in place, and three optimizers. */
const tasks = `
import { dataset } from "#lab/data";
import { Optimizer } from "#lab/optimizers/options";
import { arrays, defineTask, file, table, x, y, z } from "#lab/task";

export const copy = defineTask({
  name: "copy",
  params: z.strictObject({
    sizes: z.array(z.int()),
    kernel: z.int().nullable().default(null),
    optimizer: Optimizer.default({ kind: "ngd", cap: 0.05, lossFraction: 0.5, settling: 0.25 }),
  }),
  inputs: () => ({ picture: dataset("mnist", { part: "test", pick: [{ label: 7, rank: 0 }] }) }),
  outputs: {
    course: table({ step: x("step"), loss: y("loss") }),
    weights: arrays(),
    answers: arrays({ answers: ["picture", "y", "x"] }),
    network: file("application/octet-stream", { extension: "onnx" }),
  },
  code: new URL("copy.ts", import.meta.url),
});
`;

const code = `
import { losses, type Scalar, tensor } from "@tensorflow/tfjs-core";
import { convolutional } from "#lab/networks/convolutional";
import { dense } from "#lab/networks/dense";
import { createVariables, initialise, listParameters } from "#lab/networks/network";
import { createOptimizer } from "#lab/optimizers/optimizer";
import type { Code } from "#lab/task";
import { openLab } from "#lab/training";
import type { copy } from "./tasks.ts";

const run: Code<typeof copy> = async (call) => {
  const { sizes, kernel, optimizer } = call.params;
  const lab = await openLab(call);
  const network =
    kernel === null
      ? dense({ widths: sizes, activation: "relu", biases: true })
      : convolutional({ height: 28, width: 28, channels: sizes, kernel, biases: true });
  const layers = createVariables(network, initialise(network, 1));
  const pixels = Float32Array.from(call.inputs.picture.pixels.data, (v) => (v / 255 - 0.13) / 0.31);
  const input = tensor(pixels, [1, ...network.inputShape]);
  const output = () => network.apply(layers, input).at(-1)!;
  const update = createOptimizer(optimizer, 30);
  const error = () => losses.meanSquaredError(input, output()) as Scalar;
  const { series } = await lab.train({ step: () => update(error, listParameters(layers)), steps: 30 });
  const [answers] = lab.evaluate(() => [output()]);
  const kept = listParameters(layers).map((array, i) =>
    ["array-" + i, { data: array.dataSync().slice() as Float32Array, shape: array.shape }] as const);
  return {
    course: { step: series.loss!.map((_, i) => i + 1), loss: series.loss! },
    weights: Object.fromEntries(kept),
    answers: { answers: { data: answers!, shape: [1, 28, 28] } },
    network: lab.exportModel((x) => network.apply(layers, x).at(-1)!, [
      { name: "input", shape: [1, ...network.inputShape] },
    ]),
  };
};
export default run;
`;

const study = `
import { defineStudy } from "#lab/study";
import { copy } from "./tasks.ts";

export default defineStudy(() => ({
  title: "Twice",
  tables: {
    networks: copy.table({
      over: {
        network: {
          wide: { sizes: [1, 32, 32, 32, 1], kernel: 5 },
          small: { sizes: [1, 8, 8, 1], kernel: 3 },
          dense: { sizes: [784, 784, 784] },
          adam: { sizes: [784, 64, 64, 784], optimizer: { kind: "adam", learningRate: 0.001 } },
        },
      },
      run: ({ network }) => network,
    }),
  },
}));
`;

const files = ["answers.npz", "course.json", "network.onnx", "weights.npz"];

/** Makes all runs with so many processes, in a store of its own: every run's files and key. */
async function makeAll(jobs: number): Promise<Map<string, string>> {
  const experiments = await temporaryFolder(join(process.cwd(), ".cache"));
  await mkdir(join(experiments, "twice"));
  for (const [name, text] of Object.entries({ tasks, study, copy: code })) {
    await writeFile(join(experiments, "twice", `${name}.ts`), text);
  }
  const folder = await temporaryFolder();
  const env = {
    VITRINE_EXPERIMENTS: experiments,
    VITRINE_RESULTS: join(folder, "results"),
    VITRINE_PUBLIC: join(folder, "public"),
  };
  const { code: exitCode, stderr } = await start("train", ["--jobs", String(jobs)], env).ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const text = await readFile(join(env.VITRINE_PUBLIC, "runs", "index.json"), "utf8");
  const found = new Map<string, string>();
  for (const { key, label } of (JSON.parse(text) as SiteIndex).studies[0]!.tables[0]!.rows) {
    const run = join(env.VITRINE_RESULTS, key);
    const record = JSON.parse(await readFile(join(run, "run.json"), "utf8")) as StudyRecord;
    found.set(label, record.key);
    for (const file of files) {
      found.set(`${label}/${file}`, (await readFile(join(run, file))).toString("base64"));
    }
  }
  return found;
}

test("made twice, by one process and by two: the same bytes", async () => {
  const [alone, together] = [await makeAll(1), await makeAll(2)];
  expect(alone.size).toBe(4 * (files.length + 1));
  for (const [name, content] of alone) {
    // Not toEqual: a difference of base64 strings would fill the screen.
    expect(content === together.get(name), name).toBe(true);
  }
});
