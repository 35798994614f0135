import type { DatasetPictures } from "#lab/data";
import { meanOf, type Row } from "#lab/measures/centred";
import { type Call, type Code, stopped } from "#lab/task";
import { openLab } from "#lab/training";
import { arrayOf, rowsOf } from "./answers.ts";
import { createNetwork, loadWeights, stack } from "./networks.ts";
import { answerOf, lengthOf, type OneLayer, restOf, shareOf } from "./one-layer.ts";
import type { Picture } from "./pictures.ts";
import { resolvePictures } from "./pixels.ts";
import { side, standardise, toDisplay } from "./scaling.ts";
import type { closedForm } from "./theory-tasks.ts";

type Given = Pick<Call<typeof closedForm>, "params" | "inputs">;

interface Shown {
  label: string;
  kind: string;
  /** Standardised [784]. */
  input: Float32Array;
}

const rms = (row: Row): number => lengthOf(row) / Math.sqrt(row.length);

function compare(some: readonly Row[], others: readonly Row[]) {
  const apart = some.map((row, i) => restOf(row, others[i]!, 1));
  return {
    largest: Math.max(
      ...apart.map((row) => row.reduce((most, d) => Math.max(most, Math.abs(d)), 0)),
    ),
    rms: rms(apart.map(rms)),
  };
}

function kindOf(picture: Picture): string {
  if (picture.kind !== "photo") return picture.kind;
  return picture.dataset === "mnist" ? "digit" : "garment";
}

function photosOf({ pixels }: DatasetPictures, kind: string): Shown[] {
  const size = pixels.data.length / pixels.labels.picture.length;
  return pixels.labels.picture.map((label, i) => {
    const bytes = pixels.data.slice(i * size, (i + 1) * size);
    return { label, kind, input: standardise(Float32Array.from(bytes, (byte) => byte / 255)) };
  });
}

/** The training picture, the pictures of the figure, then those that are only measured. */
function gather({ params, inputs }: Given) {
  const named = [params.network.picture, ...params.pictures];
  const pictures = resolvePictures(named, inputs.pixels);
  const shown = pictures.map(({ label, pixels }, i): Shown => ({
    label,
    kind: kindOf(named[i]!),
    input: standardise(pixels),
  }));
  const isShown = ({ input }: Shown): boolean =>
    shown.some((other) => input.every((pixel, i) => pixel === other.input[i]));
  const others = [...photosOf(inputs.digits, "digit"), ...photosOf(inputs.garments, "garment")];
  return { pictures, all: [...shown, ...others.filter((other) => !isShown(other))] };
}

function initialLayer({ inputs }: Given): OneLayer {
  const { "layer-1-weights": weights, "layer-1-biases": biases } = inputs.initial;
  return { weights: weights!.data as Float32Array, biases: (biases?.data ?? null) as Row | null };
}

const run: Code<typeof closedForm> = async (call) => {
  const { params, inputs } = call;
  if (inputs.summary.reason !== null) return stopped(inputs.summary.reason, {});
  const { pictures, all } = gather(call);
  const given = all.map(({ input }) => input);
  const train = given[0]!;

  const lab = await openLab(call);
  const network = createNetwork(params.network.model);
  const layers = loadWeights(network, inputs.weights);
  const x = stack(network, given);
  const trained = rowsOf(lab.evaluate(() => [network.apply(layers, x).at(-1)!])[0]!, side);

  const initial = initialLayer(call);
  const limits = given.map((input) => answerOf(initial, input, train));
  const reached = given.map((input) => answerOf(initial, input, train, trained[0]));
  const deviation = rms(initial.weights);
  const tests = all.slice(1).map(({ label, kind, input }, i) => {
    const share = shareOf(input, train, initial);
    const distance = lengthOf(restOf(input, train, share));
    const noise = rms(restOf(trained[i + 1]!, train, share));
    return { label, kind, distance, noise, predicted: deviation * distance };
  });
  const ratios = tests.map(({ noise, predicted }) => noise / predicted);
  return {
    pictures: {
      inputs: arrayOf(given.slice(0, pictures.length).map(toDisplay), { pictures, side }),
      outputs: arrayOf(limits.slice(0, pictures.length).map(toDisplay), { pictures, side }),
    },
    difference: compare(trained, limits),
    remainder: compare(trained, reached),
    deviation,
    noise: {
      picture: tests.map(({ label }) => label),
      kind: tests.map(({ kind }) => kind),
      distance: tests.map(({ distance }) => distance),
      noise: tests.map(({ noise }) => noise),
      predicted: tests.map(({ predicted }) => predicted),
    },
    ratio: {
      least: Math.min(...ratios),
      mean: meanOf(ratios),
      greatest: Math.max(...ratios),
    },
  };
};

export default run;
