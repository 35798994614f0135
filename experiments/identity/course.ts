import { losses, type Scalar, type Tensor } from "@tensorflow/tfjs-core";
import { type Layer, listParameters, type Network } from "#lab/networks/network";
import { createOptimizer } from "#lab/optimizers/optimizer";
import type { Params } from "#lab/task";
import type { Lab, Training, TrainOptions } from "#lab/training";
import type { train } from "./tasks.ts";

/** A network before the picture that it is to copy. */
export interface Pupil {
  lab: Lab;
  network: Network;
  layers: Layer<Tensor>[];
  /** The picture, standardised, as a batch of one. */
  x: Tensor;
}

export type Course = Pick<Training, "steps" | "endedBy"> & {
  /** Loss before each step. */
  history: number[];
};

/** Mean squared error between a picture and what the network makes of it. */
export const copyError = ({ network, layers, x }: Omit<Pupil, "lab">): Scalar =>
  losses.meanSquaredError(x, network.apply(layers, x).at(-1)!);

/** Minimises the copying error as a training's parameters say. */
export async function follow(
  pupil: Pupil,
  { optimizer, steps, lossThreshold }: Params<typeof train>,
  look: Pick<TrainOptions<Record<never, never>>, "every" | "onChunk"> = {},
): Promise<Course> {
  if (steps === 0) return { steps, endedBy: "steps", history: [] };
  const { lab, layers } = pupil;
  const update = createOptimizer(optimizer, steps);
  const variables = listParameters(layers) as Parameters<typeof update>[1];
  const error = () => copyError(pupil);
  const { series, ...course } = await lab.train({
    ...look,
    step: () => update(error, variables),
    steps,
    stopBelow: lossThreshold,
    confirmStop: () => lab.evaluate(() => [error()])[0]![0]! < lossThreshold,
    stopAtRest: true,
  });
  return { ...course, history: series["loss"]! };
}
