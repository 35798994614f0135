import { losses, type Scalar, type Tensor } from "@tensorflow/tfjs-core";
import { measureError } from "#lab/measures/error";
import {
  countParameters,
  createVariables,
  initialise,
  type Layer,
  listParameters,
  type Network,
} from "#lab/networks/network";
import { createOptimizer } from "#lab/optimizers/optimizer";
import { type Code, type Out, type Params, stopped } from "#lab/task";
import { type Lab, openLab, type Training } from "#lab/training";
import { createNetwork, keepWeights, stack } from "./networks.ts";
import { resolvePicture } from "./pixels.ts";
import { standardise } from "./scaling.ts";
import type { train } from "./tasks.ts";

/** Points kept of a loss curve. */
const curvePoints = 400;

/** At most `curvePoints` of a loss history, the first and the last among them. */
function thin(history: readonly number[]): { step: number[]; loss: number[] } {
  const stride = Math.max(1, Math.ceil((history.length - 1) / (curvePoints - 1)));
  const kept = history.flatMap((loss, i) =>
    Number.isFinite(loss) && (i % stride === 0 || i === history.length - 1) ? [i] : [],
  );
  return { step: kept.map((i) => i + 1), loss: kept.map((i) => history[i]!) };
}

type Course = Pick<Training, "steps" | "endedBy"> & { history: number[] };

/** Minimises the mean squared error between a picture and what the network makes of it. */
async function minimise(
  lab: Lab,
  network: Network,
  layers: Layer<Tensor>[],
  x: Tensor,
  { optimizer, steps, lossThreshold }: Params<typeof train>,
): Promise<Course> {
  if (steps === 0) return { steps, endedBy: "steps", history: [] };
  const update = createOptimizer(optimizer, steps);
  const variables = listParameters(layers) as Parameters<typeof update>[1];
  const error = () => losses.meanSquaredError(x, network.apply(layers, x).at(-1)!) as Scalar;
  const { series, ...course } = await lab.train({
    step: () => update(error, variables),
    steps,
    stopBelow: lossThreshold,
    confirmStop: () => lab.evaluate(() => [error()])[0]![0]! < lossThreshold,
    stopAtRest: true,
  });
  return { ...course, history: series["loss"]! };
}

/** Why a course led nowhere; null where the network is worth looking at. */
function failureOf({ steps, endedBy, history }: Course, loss: number): string | null {
  const last = history.at(-1)!;
  if (endedBy === "divergence") return `loss became ${last} at step ${steps}`;
  if (endedBy === "standstill") return `no gradient: the loss stays at ${last.toPrecision(4)}`;
  return Number.isFinite(loss) ? null : `loss became ${loss} after the last step`;
}

const run: Code<typeof train> = async (call) => {
  const { params, inputs } = call;
  const network = createNetwork(params.model);
  const lab = await openLab(call);
  const layers = createVariables(network, initialise(network, params.seed));
  const target = standardise(resolvePicture(params.picture, inputs.pixels).pixels);
  const x = stack(network, [target]);
  const course = await minimise(lab, network, layers, x, params);
  const output = (x: Tensor): Tensor => network.apply(layers, x).at(-1)!;
  const loss = measureError(lab.evaluate(() => [output(x)])[0]!, target);
  const reason = failureOf(course, loss);
  const outputs: Out<typeof train> = {
    summary: {
      steps: course.steps,
      loss: Number.isFinite(loss) ? loss : null,
      endedBy: reason !== null && course.endedBy === "steps" ? "divergence" : course.endedBy,
      reason,
    },
    curve: thin(course.history),
    parameters: countParameters(network),
    weights: keepWeights(network, layers),
    network: lab.exportModel(output, [{ name: "input", shape: [1, ...network.inputShape] }]),
  };
  return reason === null ? outputs : stopped(reason, outputs);
};

export default run;
