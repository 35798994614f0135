import { type Code, stopped } from "#lab/task";
import { arrayOf, rowsOf, showPictures } from "./answers.ts";
import { meanMeasures, measure, measureReproduction } from "./measures.ts";
import { listSubstitutes } from "./pixels.ts";
import { toDisplay } from "./scaling.ts";
import type { predict } from "./tasks.ts";

const run: Code<typeof predict> = async (call) => {
  const { reason } = call.inputs.summary;
  if (reason !== null) return stopped(reason, {});
  const shown = await showPictures(call);
  const { lab, network, layers, pictures, inputs, side, x } = shown;
  const outputs = rowsOf(lab.evaluate(() => [network.apply(layers, x).at(-1)!])[0]!, side);
  const [displayedInputs, displayedOutputs] = [inputs.map(toDisplay), outputs.map(toDisplay)];
  const measured = outputs.map((output, i) => measure(output, inputs[i]!, inputs[0]!));
  const displayed = displayedOutputs.map((output, i) =>
    measure(output, displayedInputs[i]!, displayedInputs[0]!),
  );
  return {
    pictures: {
      inputs: arrayOf(displayedInputs, shown),
      outputs: arrayOf(displayedOutputs, shown),
    },
    measures: {
      picture: pictures.map(({ label }) => label),
      rInput: measured.map(({ rInput }) => rInput),
      rTrain: measured.map(({ rTrain }) => rTrain),
      gain: measured.map(({ gain }) => gain),
      mse: measured.map(({ mse }) => mse),
      displayedRInput: displayed.map(({ rInput }) => rInput),
      displayedRTrain: displayed.map(({ rTrain }) => rTrain),
      displayedGain: displayed.map(({ gain }) => gain),
      displayedMse: displayed.map(({ mse }) => mse),
    },
    means: {
      ...meanMeasures(measured.slice(1)),
      displayed: meanMeasures(displayed.slice(1)),
    },
    training: measureReproduction(outputs[0]!, inputs[0]!),
    substitutes: listSubstitutes(pictures),
  };
};

export default run;
