import * as tf from "@tensorflow/tfjs-core";
import { expect, test } from "vitest";
import { openEngine } from "../../../src/lab/engines/engine.ts";
import { createOptimizer } from "../../../src/lab/optimizers/optimizer.ts";

/** Lengths of eight steps down a slope whose foot is far away. */
async function lengths(engineName: string, settling: number, steps: number): Promise<number[]> {
  const engine = await openEngine(engineName, { threads: 1 });
  const height = tf.variable(tf.scalar(100));
  const update = createOptimizer({ kind: "ngd", cap: 0.5, lossFraction: 0.5, settling }, steps);
  const step = () => update(() => tf.square(height), [height]);
  const trainer = engine.compile(step, { stopBelow: 0 });
  const found: number[] = [];
  for (let before = 100; found.length < 8; before -= found.at(-1)!) {
    trainer.run(1);
    trainer.sync();
    // Rounded as far as 100 allows in single precision.
    found.push(Number((before - height.dataSync()[0]!).toFixed(4)));
  }
  trainer.dispose();
  tf.disposeVariables();
  return found;
}

test.each(["cpu", "onnx"])("on %s the last steps grow shorter, evenly", async (engine) => {
  expect(await lengths(engine, 0.5, 8)).toEqual([0.5, 0.5, 0.5, 0.5, 0.5, 0.375, 0.25, 0.125]);
});

test.each([
  [0, 8],
  [0.5, Infinity],
])("settling %d of %d steps shortens none", async (settling, steps) => {
  expect(await lengths("onnx", settling, steps)).toEqual(new Array<number>(8).fill(0.5));
});
