import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test } from "vitest";
import { measureError } from "#lab/measures/error";
import { type Out, type Stopped, stopMark, type z } from "#lab/task";
import { drawPattern } from "../patterns.ts";
import { standardise } from "../scaling.ts";
import { train } from "../tasks.ts";
import run from "../train.ts";

const target = standardise(drawPattern("disc-crescent"));

type Outputs = Out<typeof train>;
type Declared = Partial<z.input<typeof train.params>>;

const cnn = { kind: "cnn", layers: 5, channels: 8 } as const;
const fcn = { kind: "fcn", layers: 2, activation: "relu", width: 64 } as const;
const swinging = { kind: "ngd", cap: 0.3, lossFraction: 2, settling: 0 } as const;
const momentum = { kind: "momentum", learningRate: 0.01 } as const;

const isStopped = (ended: Outputs | Stopped<Outputs>): ended is Stopped<Outputs> =>
  stopMark in ended;

/** Trains on a pattern, in this process. */
async function perform(declared: Declared): Promise<{ outputs: Outputs; reason: string | null }> {
  const ended = await run({
    params: train.params.parse({
      picture: { kind: "pattern", pattern: "disc-crescent" },
      model: cnn,
      optimizer: momentum,
      steps: 150,
      ...declared,
    }),
    inputs: { pixels: [] },
    engine: { name: "onnx", threads: 1 },
    report: () => undefined,
  });
  return isStopped(ended)
    ? { outputs: ended.outputs as Outputs, reason: ended[stopMark] }
    : { outputs: ended, reason: null };
}

/** Mean squared error of the training picture, from the network as exported. */
async function recompute({ network }: Outputs, inputShape: number[]): Promise<number> {
  const session = await InferenceSession.create(network);
  const { output } = await session.run({ input: new Tensor(target, [1, ...inputShape]) });
  return measureError(output!.data as Float32Array, target);
}

test.each([
  [0, false],
  [0.25, true],
])("settling over %d of the steps ends quietly: %s", async (settling, isQuiet) => {
  const { outputs } = await perform({ optimizer: { ...swinging, settling }, steps: 200 });
  const { summary, curve } = outputs;
  const last = [...curve.loss.slice(-5).map(Number), summary.loss!];
  expect(Math.max(...last) / Math.min(...last) < 1.5).toBe(isQuiet);
});

describe.each([
  { model: cnn, optimizer: swinging, inputShape: [28, 28, 1] },
  { model: fcn, optimizer: momentum, inputShape: [784] },
])("a $model.kind under $optimizer.kind", ({ model, optimizer, inputShape }) => {
  test("the loss told is that of the weights kept", async () => {
    const { outputs } = await perform({ model, optimizer });
    // Another form of convolution, summed in another order.
    const again = await recompute(outputs, inputShape);
    expect(Math.abs(again / outputs.summary.loss! - 1)).toBeLessThan(1e-3);
  });

  test("training stops when the weights kept are good enough, not those before them", async () => {
    const lossThreshold = 0.1;
    const { outputs } = await perform({ model, optimizer, steps: 2000, lossThreshold });
    expect(outputs.summary.endedBy).toBe("threshold");
    expect(outputs.summary.steps).toBeLessThan(2000);
    expect(await recompute(outputs, inputShape)).toBeLessThan(lossThreshold);
  });
});

test("a loss that is no number stops the run, with the reason and what there is", async () => {
  const { outputs, reason } = await perform({ optimizer: { kind: "sgd", learningRate: 1e6 } });
  expect(reason).toMatch(/^loss became (NaN|Infinity) at step \d+$/);
  expect(outputs.summary).toMatchObject({ endedBy: "divergence", loss: null, reason });
  expect(outputs.curve.loss.every((loss) => Number.isFinite(loss))).toBe(true);
});

test("a network without a gradient is not trained to the end", async () => {
  // The first steps switch off the only unit of a layer: nothing can move any more.
  const { outputs, reason } = await perform({
    model: { kind: "fcn", layers: 3, activation: "relu", width: 1, biases: false },
    steps: 2000,
  });
  expect(reason).toMatch(/^no gradient: the loss stays at \d/);
  expect(outputs.summary.endedBy).toBe("standstill");
  expect(outputs.summary.steps).toBeLessThan(2000);
});

test("no steps leave the network as initialised", async () => {
  const { outputs } = await perform({ model: fcn, steps: 0, seed: 3 });
  expect(outputs.summary).toMatchObject({ steps: 0, endedBy: "steps", reason: null });
  expect(outputs.curve).toEqual({ step: [], loss: [] });
  const weights = outputs.weights["layer-1-weights"]!;
  expect(weights.shape).toEqual([784, 64]);
  expect(Math.max(...(weights.data as Float32Array))).toBeLessThan(1 / 28);
  const other = await perform({ model: fcn, steps: 0, seed: 4 });
  expect(other.outputs.weights["layer-1-weights"]!.data).not.toEqual(weights.data);
});

test("long courses are thinned, ends kept", async () => {
  const { outputs } = await perform({ model: fcn, steps: 1000 });
  const { step } = outputs.curve;
  expect(step.length).toBeLessThanOrEqual(400);
  expect([step[0], step.at(-1)]).toEqual([1, 1000]);
});

test("training twice gives the same bytes", async () => {
  const [a, b] = [await perform({ steps: 30 }), await perform({ steps: 30 })];
  expect(a.outputs.weights).toEqual(b.outputs.weights);
  expect(a.outputs.curve).toEqual(b.outputs.curve);
});
