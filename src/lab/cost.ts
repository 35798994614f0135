import type { ModelSpec, RunSpec } from "./experiment.ts";

const pixels = 28 * 28;

/** Multiply-adds of one picture through a model. */
export function costOfPass(model: ModelSpec): number {
  const { layers } = model;
  if (model.kind === "fcn") {
    const { width } = model;
    return layers === 1 ? pixels ** 2 : 2 * pixels * width + (layers - 2) * width ** 2;
  }
  const { channels, kernel } = model;
  const channelPairs = layers === 1 ? 1 : 2 * channels + (layers - 2) * channels ** 2;
  return channelPairs * kernel ** 2 * pixels;
}

/**
 * Estimated work of a run in multiply-adds, for the order of runs and the progress of a build.
 * A backward pass counts as two forward ones; a loss threshold that ends a run early is not foreseen.
 */
export function costOf(spec: RunSpec): number {
  switch (spec.task) {
    case "train": {
      const passes = 3 * spec.training.steps + 1 + spec.tests.length + spec.layerTests.length;
      return costOfPass(spec.model) * passes;
    }
    case "parameters":
      return spec.models.length;
    case "bias-variance":
      return spec.trials * spec.points * (spec.maxDegree + 1) ** 3;
  }
}
