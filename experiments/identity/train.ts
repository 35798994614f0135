import type { Tensor } from "@tensorflow/tfjs-core";
import { measureError } from "#lab/measures/error";
import { countParameters, createVariables, initialise } from "#lab/networks/network";
import { type Code, type Out, stopped } from "#lab/task";
import { openLab } from "#lab/training";
import { type Course, follow } from "./course.ts";
import { createNetwork, keepWeights, stack } from "./networks.ts";
import { fieldOf } from "./parameters.ts";
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
  const layers = createVariables(network, initialise(network, params.seed, params.initial));
  const side = fieldOf(params.model);
  const target = standardise(resolvePicture(params.picture, inputs.pixels, side).pixels);
  const x = stack(network, [target]);
  const course = await follow({ lab, network, layers, x }, params);
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
