import { mean } from "@tensorflow/tfjs-core";
import { measureError } from "#lab/measures/error";
import { createVariables, initialise } from "#lab/networks/network";
import type { Code } from "#lab/task";
import { openLab } from "#lab/training";
import { arrayOf, rowsOf } from "./answers.ts";
import { follow } from "./course.ts";
import { meanMeasures, measure } from "./measures.ts";
import { createNetwork, stack } from "./networks.ts";
import { fieldOf } from "./parameters.ts";
import { resolvePictures } from "./pixels.ts";
import { standardise, toDisplay } from "./scaling.ts";
import type { story } from "./tasks.ts";

/** Steps between two looks; a compiled training can only be looked at between its chunks. */
const every = 10;

/** The first step, every doubling of `every` before the last step, and the last. */
export function momentsOf(steps: number): number[] {
  const moments = [0];
  for (let moment = every; moment < steps; moment *= 2) moments.push(moment);
  return steps > 0 ? [...moments, steps] : moments;
}

/** What a network in training makes of the pictures. */
interface Scene {
  step: number;
  /** Standardised, by picture. */
  outputs: Float32Array[];
  /** Channel means of the hidden layers, each [pictures · side · side]. */
  hidden: Float32Array[];
}

const flatten = (parts: readonly ArrayLike<number>[]): Float32Array =>
  Float32Array.from(parts.flatMap((part) => Array.from(part)));

const run: Code<typeof story> = async (call) => {
  const { network: params, pictures: tests } = call.params;
  const network = createNetwork(params.model);
  const side = fieldOf(params.model);
  const lab = await openLab(call);
  const layers = createVariables(network, initialise(network, params.seed, params.initial));
  const pictures = resolvePictures([params.picture, ...tests], call.inputs.pixels, side);
  const inputs = pictures.map(({ pixels }) => standardise(pixels));
  const all = stack(network, inputs);
  const look = (step: number): Scene => {
    const maps = lab.evaluate(() => network.apply(layers, all).map((layer) => mean(layer, -1)));
    return { step, outputs: rowsOf(maps.at(-1)!, side), hidden: maps.slice(0, -1) };
  };
  const moments = new Set(momentsOf(params.steps));
  const scenes = [look(0)];
  const { steps } = await follow(
    { lab, network, layers, x: stack(network, [inputs[0]!]) },
    params,
    { every, onChunk: ({ step }) => void (moments.has(step) && scenes.push(look(step))) },
  );
  if (scenes.at(-1)!.step !== steps) scenes.push(look(steps));

  const shown = inputs.map(toDisplay);
  const displayed = scenes.map(({ outputs }) => outputs.map(toDisplay));
  const means = displayed.map((outputs) =>
    meanMeasures(outputs.slice(1).map((output, i) => measure(output, shown[i + 1]!, shown[0]!))),
  );
  const frame = scenes.map(({ step }) => `step ${step.toLocaleString("en")}`);
  const picture = pictures.map(({ label }) => label);
  const outputs = displayed.map((rows) => arrayOf(rows, { pictures, side }).data as Float32Array);
  return {
    course: {
      step: scenes.map(({ step }) => step),
      loss: scenes.map(({ outputs }) => measureError(outputs[0]!, inputs[0]!)),
      displayedRInput: means.map(({ rInput }) => rInput),
      displayedRTrain: means.map(({ rTrain }) => rTrain),
    },
    pictures: {
      inputs: arrayOf(shown, { pictures, side }),
      outputs: {
        data: flatten(outputs),
        shape: [scenes.length, pictures.length, side, side],
        labels: { frame, picture },
      },
    },
    maps: {
      maps: {
        data: flatten(scenes.flatMap(({ hidden }) => hidden)),
        shape: [scenes.length, params.model.layers - 1, pictures.length, side, side],
        labels: { frame, layer: scenes[0]!.hidden.map((_, i) => `layer ${i + 1}`), picture },
      },
    },
  };
};

export default run;
