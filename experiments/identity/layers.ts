import { mean } from "@tensorflow/tfjs-core";
import { type Code, stopped } from "#lab/task";
import { arrayOf, rowsOf, showPictures } from "./answers.ts";
import { measureReproduction } from "./measures.ts";
import { listSubstitutes } from "./pixels.ts";
import { toDisplay } from "./scaling.ts";
import type { layers } from "./tasks.ts";

const run: Code<typeof layers> = async (call) => {
  const { reason } = call.inputs.summary;
  if (reason !== null) return stopped(reason, {});
  const shown = await showPictures(call);
  const { lab, network, pictures, inputs, side, x } = shown;
  const maps = lab.evaluate(() => network.apply(shown.layers, x).map((layer) => mean(layer, -1)));
  const hidden = maps.slice(0, -1);
  const outputs = rowsOf(maps.at(-1)!, side);
  return {
    maps: {
      maps: {
        data: Float32Array.from(hidden.flatMap((layer) => [...layer])),
        shape: [hidden.length, pictures.length, side, side],
        labels: {
          layer: hidden.map((_, i) => `layer ${i + 1}`),
          picture: pictures.map(({ label }) => label),
        },
      },
    },
    pictures: {
      inputs: arrayOf(inputs.map(toDisplay), shown),
      outputs: arrayOf(outputs.map(toDisplay), shown),
    },
    training: measureReproduction(outputs[0]!, inputs[0]!),
    substitutes: listSubstitutes(pictures),
  };
};

export default run;
