import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RunIndex, TrainRecord } from "../../src/lab/record.ts";
import { temporaryFolder } from "../lab/folder.ts";
import { start } from "./gallery.ts";

/** Winograd convolutions, gathered ones, a state updated in place, and three optimizers. */
const experiment = `
import { defineExperiment, digit, garment } from ${JSON.stringify(join(process.cwd(), "src/lab/experiment.ts"))};
export default defineExperiment("twice", {
  title: "Twice",
  train: digit(7),
  tests: [digit(4), garment("bag")],
  layerTests: [digit(4)],
  runs: [
    { model: { kind: "cnn", layers: 4, channels: 32 } },
    { model: { kind: "cnn", layers: 3, channels: 8, kernel: 3 } },
    { model: { kind: "fcn", layers: 2, activation: "relu", width: 784 } },
    {
      model: { kind: "fcn", layers: 3, activation: "linear", width: 64 },
      training: { optimizer: { kind: "adam", learningRate: 0.001 } },
    },
  ],
  training: { optimizer: { kind: "ngd", cap: 0.05 }, steps: 30, lossThreshold: 1e-9 },
  publish: ["layers", "weights"],
});
`;

const files = ["arrays.npz", "inputs.png", "layers.png", "model.onnx", "predictions.png"];

/** Trains with so many processes in a store of its own; every run's files and record. */
async function trainAll(jobs: number): Promise<Map<string, unknown>> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "experiments"));
  await writeFile(join(folder, "experiments", "twice.ts"), experiment);
  const env = {
    VITRINE_EXPERIMENTS: join(folder, "experiments"),
    VITRINE_RESULTS: join(folder, "results"),
    VITRINE_PUBLIC: join(folder, "public"),
  };
  const { code, stderr } = await start("train", ["--jobs", String(jobs)], env).ended;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const index = JSON.parse(
    await readFile(join(env.VITRINE_PUBLIC, "runs", "index.json"), "utf8"),
  ) as RunIndex;
  const found = new Map<string, unknown>();
  for (const { name, key } of index.experiments[0]!.runs) {
    const record = JSON.parse(
      await readFile(join(env.VITRINE_RESULTS, key!, "run.json"), "utf8"),
    ) as TrainRecord & { key: string; files: Record<string, unknown> };
    expect(record.training.steps).toBe(30);
    for (const file of files.filter((file) => file in record.files)) {
      const bytes = await readFile(join(env.VITRINE_RESULTS, key!, file));
      found.set(`${name}/${file}`, bytes.toString("base64"));
    }
    found.set(name, [key, record.training, record.metrics]);
  }
  return found;
}

test("trained twice, by one process and by two: the same bytes", async () => {
  const [alone, together] = [await trainAll(1), await trainAll(2)];
  // Fully connected networks have no pictures of layers.
  expect(alone.size).toBe(4 * (files.length + 1) - 2);
  for (const [name, content] of alone) {
    // Not toEqual: a difference of base64 strings would fill the screen.
    expect(JSON.stringify(content) === JSON.stringify(together.get(name)), name).toBe(true);
  }
});
