import { totalmem } from "node:os";
import { UserError } from "../../error.ts";
import type { ModelSpec } from "../experiment.ts";

const pixels = 28 * 28;
const bytesPerWeight = 4;

/** Each is listed in the record and in the graph; more would fill the memory with their names. */
const mostLayers = 100_000;

/** Weights and biases of a model, from its description alone. */
export function countWeights(model: ModelSpec): number {
  const { layers } = model;
  const [ends, hidden, perPair] =
    model.kind === "fcn" ? [pixels, model.width, 1] : [1, model.channels, model.kernel ** 2];
  const pairs = layers === 1 ? ends ** 2 : 2 * ends * hidden + (layers - 2) * hidden ** 2;
  return pairs * perPair + (model.biases ? (layers - 1) * hidden + ends : 0);
}

/** e.g. "24 GB" */
function formatSize(bytes: number): string {
  const units = ["GB", "TB", "PB", "EB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes) / 3) - 3));
  return `${Number((bytes / 1e9 / 1e3 ** power).toPrecision(2)).toLocaleString("en")} ${units[power]}`;
}

function describe(model: ModelSpec): string {
  const layers = `${model.layers.toLocaleString("en")} layer${model.layers === 1 ? "" : "s"}`;
  const count = (n: number) => n.toLocaleString("en");
  return model.kind === "fcn"
    ? `${layers} of ${count(model.width)} units`
    : `${layers} of ${count(model.channels)} channels, kernel ${count(model.kernel)}×${count(model.kernel)},`;
}

/** @throws UserError for a model of so many layers that not even a list of them can be kept. */
export function checkLayers(model: ModelSpec): void {
  if (model.layers <= mostLayers) return;
  throw new UserError(
    `${describe(model)} are more than the ${mostLayers.toLocaleString("en")} that can be listed`,
    {
      hint: "declare fewer layers",
    },
  );
}

/**
 * Training holds a model's weights and as much again of gradients.
 * @param memoryBytes of the machine, or of what it lets this process have.
 * @throws UserError telling the sizes of a model that cannot be trained here.
 */
export function checkSize(
  model: ModelSpec,
  memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity),
): void {
  const bytes = countWeights(model) * bytesPerWeight;
  if (2 * bytes > memoryBytes) {
    throw new UserError(
      `${describe(model)} are ${formatSize(bytes)} of weights, and training holds as much of ` +
        `gradients; this machine has ${formatSize(memoryBytes)}`,
      { hint: "declare fewer or narrower layers" },
    );
  }
  checkLayers(model);
}
