import type {
  garments as labGarments,
  ImageSpec,
  ModelSpec,
  OptimizerSpec,
  TrainTask,
} from "../lab/experiment.ts";
import { distinct } from "../distinct.ts";

/** The type keeps this list equal to the lab's, which pages do not import. */
const garments: typeof labGarments = [
  "T-shirt",
  "trousers",
  "pullover",
  "dress",
  "coat",
  "sandal",
  "shirt",
  "sneaker",
  "bag",
  "ankle boot",
];

const minus = "\u2212";

/** e.g. 0.824 → "0.82", -1.5 → "−1.50"; null → "–". */
export function formatNumber(value: number | null, digits = 2): string {
  if (value === null) return "–";
  const text = Math.abs(value).toFixed(digits);
  return value < 0 && Number(text) !== 0 ? minus + text : text;
}

/** With its sign, e.g. "+0.03", "−0.10", "0.00". */
export function formatDifference(value: number, digits = 2): string {
  const text = formatNumber(value, digits);
  return value > 0 && Number(text) !== 0 ? `+${text}` : text;
}

/** Thousands by comma, e.g. 3687936 → "3,687,936". */
export const formatCount = (value: number) => value.toLocaleString("en");

/** Two significant digits, e.g. 0.00123 → "0.0012", 3.1e-7 → "3.1 × 10⁻⁷". */
export function formatSmall(value: number | null): string {
  if (value === null) return "–";
  if (value === 0 || Math.abs(value) >= 1e-4) return String(Number(value.toPrecision(2)));
  const [mantissa, exponent] = value.toExponential(1).split("e");
  const raised = [...String(exponent)]
    .map((c) => (c === "-" ? "⁻" : "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(c)]))
    .join("");
  return `${mantissa} × 10${raised}`;
}

/** e.g. 42.4 → "42 s", 252 → "4 min 12 s" */
export function formatSeconds(seconds: number): string {
  if (seconds < 10) return `${formatNumber(seconds, 1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  return minutes === 0 ? `${whole} s` : `${minutes} min ${whole % 60} s`;
}

/**
 * A value of a record in prose: correlations and gains with two decimals, whole numbers with commas,
 * the rest with two significant digits; words as they are; "–" for what is not known.
 */
export function formatValue(value: number | string | null, path: string, digits?: number): string {
  if (value === null) return "–";
  if (typeof value === "string") return value;
  if (digits !== undefined) return formatNumber(value, digits);
  if (/\b(rInput|rTrain|gain)$/.test(path)) return formatNumber(value);
  if (Number.isInteger(value) || Math.abs(value) >= 100) return formatCount(Math.round(value));
  return formatSmall(value);
}

/** 1 → "1 seed", 3 → "3 seeds" */
export const plural = (count: number, noun: string) =>
  `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

/** e.g. "digit 4", "ankle boot", "thin stripes", "blend of 7 and 4" */
export function pictureLabel(spec: ImageSpec): string {
  if ("pattern" in spec) {
    return spec.pattern === "disc-crescent" ? "disc with crescent" : spec.pattern.replace("-", " ");
  }
  if ("blend" in spec) {
    const [first, second] = spec.blend.map((part) => pictureLabel(part).replace("digit ", ""));
    return `blend of ${first} and ${second}`;
  }
  return spec.dataset === "mnist" ? `digit ${spec.label}` : garments[spec.label]!;
}

/** e.g. "7 layers", "6 layers, ReLU"; a fully connected net names its activation. */
export function modelLabel(model: ModelSpec): string {
  const layers = plural(model.layers, "layer");
  if (model.kind === "cnn") return layers;
  return `${layers}, ${model.activation === "relu" ? "ReLU" : "linear"}`;
}

/** e.g. "normalised gradient descent, cap 0.05" */
export function optimizerLabel(optimizer: OptimizerSpec): string {
  switch (optimizer.kind) {
    case "ngd":
      return `normalised gradient descent, cap ${optimizer.cap}`;
    case "momentum":
      return `gradient descent, rate ${optimizer.learningRate}, momentum ${optimizer.momentum}`;
    case "sgd":
      return `gradient descent, rate ${optimizer.learningRate}`;
    case "adam":
      return `Adam, rate ${optimizer.learningRate}`;
  }
}

/** Of a row's label, the part that always stands, then those that tell it from another. */
function labelParts({ model, training, seed }: TrainTask): string[] {
  const { kind, ...settings } = training.optimizer;
  return [
    modelLabel(model),
    model.kind === "fcn" ? `width ${formatCount(model.width)}` : plural(model.channels, "channel"),
    model.kind === "fcn" ? "" : `kernel ${model.kernel}\u00a0×\u00a0${model.kernel}`,
    model.biases ? "with biases" : "without biases",
    training.steps === 0 ? "untrained" : "trained",
    kind,
    ...Object.entries(settings).map(([key, value]) => `${key} ${value}`),
    plural(training.steps, "step"),
    `loss below ${formatSmall(training.lossThreshold)}`,
    `seed ${seed}`,
  ];
}

/** Labels that tell the rows of a figure apart, e.g. "5 layers, kernel 3 × 3". */
export const rowLabels = (tasks: readonly TrainTask[]): string[] =>
  distinct(tasks.map(labelParts)).map((parts) => parts.join(", "));
