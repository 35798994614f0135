import type { Tensor } from "@tensorflow/tfjs-core";
import type { ModelSpec } from "../experiment.ts";
import type { ParameterCount } from "../record.ts";
import { split } from "../random.ts";
import { cnn } from "./cnn.ts";
import { fcn } from "./fcn.ts";
import { checkLayers } from "./size.ts";

/** Shapes of one layer's parameters. */
export interface LayerShape {
  weights: number[];
  /** Empty where the layer has none. */
  biases: number[];
  /** Inputs that one output sums over; sets the range of the initial values. */
  fanIn: number;
}

/** A layer's parameters; `biases` is null where it has none. */
export interface Layer<T = Float32Array> {
  weights: T;
  biases: T | null;
}

/** A network without state: what it is made of, and how it maps inputs to outputs. */
export interface Model {
  /** Shape of one input, without the batch, e.g. [28, 28, 1]. */
  inputShape: number[];
  shapes: LayerShape[];
  /**
   * @param x [n, …inputShape]
   * @returns the output of every layer after its activation; the last is the network's output.
   */
  apply(layers: Layer<Tensor>[], x: Tensor): Tensor[];
}

/** @throws UserError of checkLayers(), before the layers are laid out. */
export function createModel(spec: ModelSpec): Model {
  checkLayers(spec);
  return spec.kind === "fcn" ? fcn(spec) : cnn(spec);
}

const sizeOf = (shape: number[]) => shape.reduce((product, d) => product * d, 1);

/**
 * Initial weights and biases: uniform in ±1/√fan_in, PyTorch's default. Each array has a stream of
 * random numbers of its own, named after its layer.
 */
export function initialise(model: Model, seed: number): Layer[] {
  return model.shapes.map(({ weights, biases, fanIn }, i) => {
    const bound = 1 / Math.sqrt(fanIn);
    const draw = (shape: number[], name: string) => {
      const random = split(seed, `layer-${i + 1}/${name}`);
      return Float32Array.from({ length: sizeOf(shape) }, () => (2 * random.uniform() - 1) * bound);
    };
    return {
      weights: draw(weights, "weights"),
      biases: biases.length > 0 ? draw(biases, "biases") : null,
    };
  });
}

/** Counts parameters per layer; allocates none. */
export function countParameters(model: Model): ParameterCount {
  const layers = model.shapes.map(({ weights, biases }, i) => ({
    name: `layer ${i + 1}`,
    weights: sizeOf(weights),
    biases: biases.length > 0 ? sizeOf(biases) : 0,
  }));
  return { total: layers.reduce((sum, l) => sum + l.weights + l.biases, 0), layers };
}
