import { expect, test } from "vitest";
import type { Out } from "#lab/task";
import run from "../by-hand.ts";
import { cnn, fcn } from "../parameters.ts";
import { byHand } from "../theory-tasks.ts";

const pictures = ["small-square", "gradient", "dot-grid"].map((pattern) => ({
  kind: "pattern",
  pattern,
}));

const parse = (model: object) =>
  byHand.params.safeParse({ network: { picture: pictures[0], model }, pictures });

async function perform(model: object): Promise<Out<typeof byHand>> {
  const ended = await run({
    params: parse(model).data!,
    inputs: { pixels: [[], [], [], []] },
    engine: { name: "onnx", threads: 1 },
    report: () => undefined,
  });
  return ended as Out<typeof byHand>;
}

const linear = { ...fcn(1, "linear", 800), biases: false };
const pairs = cnn(1, { channels: 3, biases: false });

test.each([1, 2, 5].flatMap((layers) => [linear, pairs].map((model) => ({ ...model, layers }))))(
  "$kind of $layers layers copies every picture without any error",
  async (model) => {
    const { measures, training } = await perform(model);
    expect(measures.mse).toEqual([0, 0, 0, 0]);
    expect(measures.rInput.map((r) => r!.toFixed(12))).toEqual(Array(4).fill("1.000000000000"));
    expect(training.mse).toBe(0);
  },
);

test.each([1, 2, 5])("one channel of %i layers copies but for rounding", async (layers) => {
  const { measures } = await perform(cnn(layers, { channels: 1, kernel: 3 }));
  for (const mse of measures.mse) expect(mse).toBeLessThan(1e-14); // float32, values about 1
});

test.each([fcn(2, "linear", 783), fcn(2, "relu", 2048), cnn(2, { channels: 1, biases: false })])(
  "$kind of $layers layers that cannot is refused",
  (model) => {
    expect(parse(model).error?.message).toContain("must be linear and 784 wide");
  },
);
