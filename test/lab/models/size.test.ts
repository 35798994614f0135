import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { UserError } from "../../../src/error.ts";
import type { ModelSpec } from "../../../src/lab/experiment.ts";
import { countParameters, createModel } from "../../../src/lab/models/model.ts";
import { checkSize, countWeights } from "../../../src/lab/models/size.ts";

const cnn: ModelSpec = { kind: "cnn", layers: 2, channels: 128, kernel: 5, biases: true };
const fcn: ModelSpec = { kind: "fcn", layers: 2, width: 784, activation: "relu", biases: true };
const machine = 24e9;

const small = { min: 1, max: 6 };
const models = fc.oneof(
  fc.record({
    kind: fc.constant("cnn" as const),
    layers: fc.integer(small),
    channels: fc.integer(small),
    kernel: fc.constantFrom(1, 3, 5),
    biases: fc.boolean(),
  }),
  fc.record({
    kind: fc.constant("fcn" as const),
    layers: fc.integer(small),
    width: fc.integer(small),
    activation: fc.constant("relu" as const),
    biases: fc.boolean(),
  }),
);

describe("the size of a model", () => {
  test("is what its layers add up to", () => {
    fc.assert(
      fc.property(models, (model) => {
        expect(countWeights(model)).toBe(countParameters(createModel(model)).total);
      }),
    );
  });

  test.each<[ModelSpec, string]>([
    [
      { ...cnn, layers: 1e9 },
      "1,000,000,000 layers of 128 channels, kernel 5×5, are 1.6 PB of weights",
    ],
    [{ ...cnn, channels: 1e9, layers: 3 }, "3 layers of 1,000,000,000 channels"],
    [{ ...cnn, kernel: 1e9 + 1 }, "kernel 1,000,000,001×1,000,000,001, are 1,000 EB of weights"],
    [{ ...fcn, layers: 1e9 }, "1,000,000,000 layers of 784 units are 2.5 PB of weights"],
    [{ ...fcn, width: 1e9 }, "2 layers of 1,000,000,000 units are 6.3 TB of weights"],
    [{ ...fcn, width: 1, layers: 200_000 }, "are more than the 100,000 that can be listed"],
  ])("is told where it is beyond the machine: %j", (model, message) => {
    expect(() => checkSize(model, machine)).toThrow(UserError);
    expect(() => checkSize(model, machine)).toThrow(message);
  });

  test("names the machine's", () => {
    expect(() => checkSize({ ...cnn, layers: 1e9 }, machine)).toThrow("this machine has 24 GB");
    expect(() => checkSize({ ...cnn, layers: 20 }, machine)).not.toThrow();
    expect(() => checkSize({ ...cnn, layers: 20 }, 50e6)).toThrow("this machine has 0.05 GB");
  });

  test.each([cnn, fcn])("is refused before the layers are laid out: %j", (model) => {
    const started = performance.now();
    expect(() => createModel({ ...model, layers: 1e9 })).toThrow(UserError);
    expect(performance.now() - started).toBeLessThan(100);
  });
});
