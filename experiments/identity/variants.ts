import type { z } from "#lab/task";
import { type cnn } from "./parameters.ts";
import type { train } from "./tasks.ts";

type Training = z.input<(typeof train)["params"]>;

/** What a variant changes of the training and of the network that the depth table shows. */
export interface Variant {
  training?: Partial<Pick<Training, "optimizer" | "initial">>;
  model?: Parameters<typeof cnn>[1];
}

const ngd = (cap: number): Variant => ({ training: { optimizer: { kind: "ngd", cap } } });
const initial = (weights: NonNullable<Training["initial"]>): Variant => ({
  training: { initial: weights },
});

/** Kaiming's standard deviation √(2 / fan_in), relative to that of PyTorch's default. */
const kaiming = Math.sqrt(6);

/** One thing changed at a time, and Kaiming's initial weights, which change scale and form. */
export const variants: Readonly<Record<string, Variant>> = {
  "as shown": {},
  "NGD, cap 0.02": ngd(0.02),
  "NGD, cap 0.1": ngd(0.1),
  "NGD, cap 0.2": ngd(0.2),
  momentum: { training: { optimizer: { kind: "momentum", learningRate: 0.01 } } },
  Adam: { training: { optimizer: { kind: "adam", learningRate: 1e-4 } } },
  "weights × 0.7": initial({ scale: 0.7 }),
  "weights × 1.2": initial({ scale: 1.2 }),
  "weights × 1.4": initial({ scale: 1.4 }),
  "weights × 2.45": initial({ scale: kaiming }),
  "normal weights": initial({ form: "normal" }),
  "normal weights × 2.45 (Kaiming)": initial({ form: "normal", scale: kaiming }),
  "no biases": { model: { biases: false } },
  "circular padding": { model: { padding: "circular" } },
  "no padding": { model: { padding: "none" } },
  "larger field": { model: { field: 40 } },
};
