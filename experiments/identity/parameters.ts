import { trainingBytes } from "#lab/optimizers/memory";
import type { Optimizer } from "#lab/optimizers/options";
import { z } from "#lab/task";
import { side } from "./scaling.ts";

/** The scale on which a network answers: that of its input, or grey in [0, 1] with black as zero. */
const Output = z.enum(["standardised", "grey"]).default("standardised");

const Fcn = z.strictObject({
  kind: z.literal("fcn"),
  /** Weight matrices from input to output. */
  layers: z.int().positive(),
  activation: z.enum(["linear", "relu"]),
  /** Units of each hidden layer. */
  width: z.int().positive(),
  biases: z.boolean().default(true),
  output: Output,
});

const Cnn = z.strictObject({
  kind: z.literal("cnn"),
  /** Convolutions from input to output, ReLU between them. */
  layers: z.int().positive(),
  /** Feature maps of each hidden layer. */
  channels: z.int().positive().default(128),
  /** Width and height in pixels. */
  kernel: z
    .int()
    .positive()
    .refine((k) => k % 2 === 1, "must be odd")
    .default(5),
  biases: z.boolean().default(true),
  /**
   * Around the picture: zeros in every layer, which is a grey between black and white; the opposite
   * side; or black as far as the kernels of all layers reach, so that the edge cannot be felt.
   */
  padding: z.enum(["zero", "circular", "none"]).default("zero"),
  /** Width and height, in pixels, of the black field in the middle of which pictures stand. */
  field: z.int().min(side).default(side),
  output: Output,
});

/** A network from pictures to pictures of the same size. */
export const Model = z.discriminatedUnion("kind", [Fcn, Cnn]);
export type Model = z.output<typeof Model>;

export const fcn = (
  layers: number,
  activation: "linear" | "relu",
  width: number,
  more: Partial<Pick<z.input<typeof Fcn>, "biases" | "output">> = {},
): z.input<typeof Fcn> => ({ kind: "fcn", layers, activation, width, ...more });

export const cnn = (
  layers: number,
  more: Partial<Omit<z.input<typeof Cnn>, "kind" | "layers">> = {},
): z.input<typeof Cnn> => ({ kind: "cnn", layers, ...more });

/** Initial weights; biases are uniform in ±1/√fan_in. */
export const Initial = z.strictObject({
  form: z.enum(["uniform", "normal"]).default("uniform"),
  /** Standard deviation, relative to that of PyTorch's default, 1/√(3 fan_in). */
  scale: z.number().positive().default(1),
});

/** Width and height of what a network takes and gives, in pixels. */
export const fieldOf = (model: Model): number => (model.kind === "cnn" ? model.field : side);

/** How far beyond the picture the kernels of all layers reach together, in pixels. */
export const reachOf = ({ layers, kernel }: Extract<Model, { kind: "cnn" }>): number =>
  (layers * (kernel - 1)) / 2;

const pixels = side ** 2;

/** Pixels that a kernel visits, on average over the layers. */
function visitedBy(model: Extract<Model, { kind: "cnn" }>): number {
  if (model.padding !== "none") return model.field ** 2;
  const reach = reachOf(model);
  return model.field ** 2 + 2 * model.field * reach + (4 * reach ** 2) / 3;
}

/** Weights without biases, each used once per pixel in a convolution. */
const countWeights = (model: Model): number => {
  const { layers } = model;
  if (model.kind === "fcn") {
    const { width } = model;
    return layers === 1 ? pixels ** 2 : 2 * pixels * width + (layers - 2) * width ** 2;
  }
  const { channels, kernel } = model;
  const channelPairs = layers === 1 ? 1 : 2 * channels + (layers - 2) * channels ** 2;
  return channelPairs * kernel ** 2;
};

/** Weights and biases of a model. */
export function countParameters(model: Model): number {
  const [hidden, last] = model.kind === "fcn" ? [model.width, pixels] : [model.channels, 1];
  const biases = model.biases ? (model.layers - 1) * hidden + last : 0;
  return countWeights(model) + biases;
}

/** Multiply-adds of one picture through a model. */
const countOperations = (model: Model): number =>
  countWeights(model) * (model.kind === "fcn" ? 1 : visitedBy(model));

/** Measured on one core with AVX-512; a matrix for one picture waits for the memory, a kernel does not. */
const operationsPerSecond = { fcn: 3e9, cnn: 1.2e11 };

/** Seconds of some passes of one picture, roughly; a backward pass counts as two forward ones. */
export const secondsOf = (model: Model, passes: number): number =>
  1 + (passes * countOperations(model)) / operationsPerSecond[model.kind];

/** Every layer has a name and shapes, and nodes of a graph, measured with one channel. */
const layerBytes = { listed: 300, computed: 200_000 };

/** Least memory of a list of models' layers. */
export const listBytes = (models: readonly Model[]): number =>
  models.reduce((sum, { layers }) => sum + layers * layerBytes.listed, 0);

/** Least memory of a training. */
export const trainBytes = (model: Model, optimizer: Optimizer): number =>
  trainingBytes(countParameters(model), optimizer) + model.layers * layerBytes.computed;

/** Least memory of applying a trained model: its parameters as they are read, and as variables. */
export const applyBytes = (model: Model): number =>
  2 * 4 * countParameters(model) + model.layers * layerBytes.computed;
