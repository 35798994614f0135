import {
  losses,
  matMul,
  type Scalar,
  slice,
  type Tensor,
  type Tensor2D,
  tensor,
  type Variable,
  variable,
} from "@tensorflow/tfjs-core";
import type { Engine } from "../src/lab/engines/engine.ts";
import { type Layer, listParameters, type Network } from "../src/lab/networks/network.ts";
import { createOptimizer } from "../src/lab/optimizers/optimizer.ts";
import type { Case } from "./cases.ts";
import { createNetwork } from "./networks.ts";

/** Steps per call of the engine, as in training: each call copies the state out once. */
const stepsPerCall = 20;

/** Repeats a case. @throws Error if the loss becomes infinite or NaN. */
export type Workload = (steps: number) => void;

/** The same numbers for the same shape, even in ±bound: quick, and random enough to be timed. */
function noise(shape: number[], bound: number): Tensor {
  const data = new Float32Array(shape.reduce((product, d) => product * d, 1));
  let state = 1;
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    data[i] = (state / 2 ** 31) * bound;
  }
  return tensor(data, shape);
}

/** As the project initialises them: even in ±1/√fan_in. */
const createLayers = (network: Network, make: (t: Tensor) => Tensor): Layer<Tensor>[] =>
  network.shapes.map(({ weights, biases, fanIn }) => ({
    weights: make(noise(weights, 1 / Math.sqrt(fanIn))),
    biases: biases.length > 0 ? make(noise(biases, 1 / Math.sqrt(fanIn))) : null,
  }));

/** Prepares everything that is not timed as compilation. @returns what compiles the case. */
export function prepare(measured: Case): (engine: Engine) => Workload {
  if (measured.kind === "sgemm") return prepareProduct(measured.size);
  const network = createNetwork(measured.model);
  if (measured.kind === "inference") {
    const layers = createLayers(network, (t) => t);
    const x = noise([measured.images, ...network.inputShape], Math.sqrt(3));
    const pixels = x.dataSync() as Float32Array;
    return (engine) => {
      const predict = engine.forward((input) => network.apply(layers, input).at(-1)!, x.shape);
      return (calls) => {
        for (let i = 0; i < calls; i++) predict(pixels);
      };
    };
  }
  const layers = createLayers(network, (t) => variable(t));
  const variables = listParameters(layers) as Variable[];
  const x = noise([1, ...network.inputShape], Math.sqrt(3));
  const loss = (): Scalar => losses.meanSquaredError(x, network.apply(layers, x).at(-1)!);
  const update = createOptimizer(measured.optimizer);
  return (engine) => compile(engine, () => update(loss, variables));
}

function prepareProduct(size: number): (engine: Engine) => Workload {
  const state = variable(noise([size, size], 1) as Tensor2D);
  // Entries of this size keep the product's at theirs.
  const factor = variable(noise([size, size], Math.sqrt(3 / size)) as Tensor2D);
  const step = (): Scalar => {
    state.assign(matMul(state, factor));
    return slice(state, [0, 0], [1, 1]).asScalar();
  };
  return (engine) => compile(engine, step);
}

function compile(engine: Engine, step: () => Scalar): Workload {
  const trainer = engine.compile(step, { stopBelow: -Infinity });
  return (steps) => {
    for (let done = 0; done < steps;) {
      const made = trainer.run(Math.min(stepsPerCall, steps - done));
      if (!made.every(Number.isFinite)) throw new Error(`the loss became ${made.at(-1)}`);
      done += made.length;
    }
  };
}
