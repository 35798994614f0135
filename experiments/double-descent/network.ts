import { split } from "#lab/random";
import { inputs, outputs } from "./sizes.ts";

/**
 * Weights of one hidden layer as they are drawn: normal, of variance 2 ÷ inputs into ReLUs and
 * 1 ÷ inputs after them; no biases. Source: He et al. (2015), section 2.2.
 */
export function drawWeights(width: number, seed: number) {
  const draw = (name: string, length: number, deviation: number): Float32Array => {
    const random = split(seed, name);
    return Float32Array.from({ length }, () => deviation * random.normal());
  };
  return {
    hidden: { data: draw("hidden", inputs * width, Math.sqrt(2 / inputs)), shape: [inputs, width] },
    hiddenBias: { data: new Float32Array(width), shape: [width] },
    output: {
      data: draw("output", width * outputs, Math.sqrt(1 / width)),
      shape: [width, outputs],
    },
    outputBias: { data: new Float32Array(outputs), shape: [outputs] },
  };
}
