import { type Tensor, tensor, type Variable, variable } from "@tensorflow/tfjs-core";
import { split } from "../random.ts";

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
export interface Network {
  /** Shape of one input, without the batch, e.g. [28, 28, 1]. */
  inputShape: number[];
  shapes: LayerShape[];
  /**
   * @param x [n, …inputShape]
   * @returns the output of every layer after its activation; the last is the network's output.
   */
  apply(layers: readonly Layer<Tensor>[], x: Tensor): Tensor[];
}

const sizeOf = (shape: readonly number[]) => shape.reduce((product, d) => product * d, 1);

/** How initial weights are drawn; see initialise(). */
export interface InitialWeights {
  form: "uniform" | "normal";
  /** Standard deviation, relative to 1/√(3 fan_in). */
  scale: number;
}

/**
 * Initial weights and biases: uniform in ±1/√fan_in, PyTorch's default, whose standard deviation is
 * 1/√(3 fan_in). Each array has a stream of random numbers of its own, named after its layer.
 * @param weights another distribution of the weights; biases keep theirs.
 */
export function initialise(
  { shapes }: Pick<Network, "shapes">,
  seed: number,
  { form, scale }: InitialWeights = { form: "uniform", scale: 1 },
): Layer[] {
  return shapes.map(({ weights, biases, fanIn }, i) => {
    const bound = 1 / Math.sqrt(fanIn);
    const streamOf = (name: string) => split(seed, `layer-${i + 1}/${name}`);
    const drawUniform = (shape: number[], name: string, bound: number) => {
      const random = streamOf(name);
      return Float32Array.from({ length: sizeOf(shape) }, () => (2 * random.uniform() - 1) * bound);
    };
    const drawNormal = (shape: number[], name: string, deviation: number) => {
      const random = streamOf(name);
      return Float32Array.from({ length: sizeOf(shape) }, () => random.normal() * deviation);
    };
    return {
      weights:
        form === "uniform"
          ? drawUniform(weights, "weights", scale * bound)
          : drawNormal(weights, "weights", (scale * bound) / Math.sqrt(3)),
      biases: biases.length > 0 ? drawUniform(biases, "biases", bound) : null,
    };
  });
}

/** Parameters as variables, to be trained or applied. */
export function createVariables({ shapes }: Network, layers: readonly Layer[]): Layer<Variable>[] {
  return layers.map(({ weights, biases }, i) => ({
    weights: variable(tensor(weights, shapes[i]!.weights)),
    biases: biases && variable(tensor(biases, shapes[i]!.biases)),
  }));
}

/** The parameters of all layers in one list, weights before biases. */
export const listParameters = <T>(layers: readonly Layer<T>[]): T[] =>
  layers.flatMap(({ weights, biases }) => (biases ? [weights, biases] : [weights]));

export interface LayerParameters {
  /** e.g. "layer 1". */
  name: string;
  weights: number;
  biases: number;
}

export interface ParameterCount {
  /** Weights and biases of all layers. */
  total: number;
  layers: LayerParameters[];
}

/** Counts parameters per layer; allocates none. */
export function countParameters({ shapes }: Pick<Network, "shapes">): ParameterCount {
  const layers = shapes.map(({ weights, biases }, i) => ({
    name: `layer ${i + 1}`,
    weights: sizeOf(weights),
    biases: biases.length > 0 ? sizeOf(biases) : 0,
  }));
  return { total: layers.reduce((sum, l) => sum + l.weights + l.biases, 0), layers };
}
