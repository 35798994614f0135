import { z } from "astro/zod";
import { distinct } from "../distinct.ts";
import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";

const suggest = (written: string, known: readonly string[]): string => {
  const meant = nearest(written, known);
  return meant ? `did you mean “${meant}”?` : `known: ${known.join(", ")}`;
};

/** One picture of a data set, chosen by class and rank so that a subset of the files serves too. */
const DatasetImage = z.strictObject({
  dataset: z.enum(["mnist", "fashion-mnist"]),
  /** Class index, 0–9. */
  label: z.int().min(0).max(9),
  /** 0 is the first picture of its class in the file. */
  rank: z.int().min(0),
});

export const patternNames = [
  "small-square",
  "thin-stripes",
  "wide-stripes",
  "gradient",
  "dot-grid",
  "disc-crescent",
  "ellipse",
] as const;

const PatternImage = z.strictObject({ pattern: z.enum(patternNames) });

/** Weighted sum of two pictures, weights in [0, 1]. */
const BlendImage = z.strictObject({
  blend: z.tuple([DatasetImage, DatasetImage]),
  weights: z.tuple([z.number().min(0).max(1), z.number().min(0).max(1)]),
});

export const ImageSpec = z.union([DatasetImage, PatternImage, BlendImage]);
export type ImageSpec = z.infer<typeof ImageSpec>;

export const digit = (label: number, rank = 0): z.infer<typeof DatasetImage> => ({
  dataset: "mnist",
  label,
  rank,
});

export const garments = [
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
] as const;

/** @throws UserError on a name that is not one of `garments`. */
export function garment(name: (typeof garments)[number], rank = 0): z.infer<typeof DatasetImage> {
  const label = garments.indexOf(name);
  if (label < 0) throw new UserError(`unknown garment “${name}”; ${suggest(name, garments)}`);
  return { dataset: "fashion-mnist", label, rank };
}

export const pattern = (name: (typeof patternNames)[number]): ImageSpec => ({ pattern: name });
export const patterns: ImageSpec[] = patternNames.map(pattern);

/** Half of each picture: a test image close to the training image. */
export const blend = (
  first: z.infer<typeof DatasetImage>,
  second: z.infer<typeof DatasetImage>,
): ImageSpec => ({ blend: [first, second], weights: [0.5, 0.5] });

const Fcn = z.strictObject({
  kind: z.literal("fcn"),
  /** Weight matrices from input to output. */
  layers: z.int().positive(),
  activation: z.enum(["linear", "relu"]),
  /** Units of each hidden layer. */
  width: z.int().positive(),
  biases: z.boolean().default(true),
});

/** Kernel width and height in pixels, odd. */
const Kernel = z
  .int()
  .positive()
  .refine((k) => k % 2 === 1, "must be odd");

const Cnn = z.strictObject({
  kind: z.literal("cnn"),
  /** Convolutions from input to output, ReLU between them. */
  layers: z.int().positive(),
  /** Feature maps of each hidden layer. */
  channels: z.int().positive().default(128),
  kernel: Kernel.default(5),
  biases: z.boolean().default(true),
});

export const ModelSpec = z.discriminatedUnion("kind", [Fcn, Cnn]);
export type ModelSpec = z.infer<typeof ModelSpec>;

const OptimizerSpec = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("sgd"), learningRate: z.number().positive() }),
  z.strictObject({
    kind: z.literal("momentum"),
    learningRate: z.number().positive(),
    momentum: z.number().min(0).max(1).default(0.9),
  }),
  z.strictObject({ kind: z.literal("adam"), learningRate: z.number().positive() }),
  z.strictObject({
    kind: z.literal("ngd"),
    /** Longest step, in units of the Euclidean norm over all parameters. */
    cap: z.number().positive(),
    /** A step is no longer than this fraction of loss ÷ gradient norm. */
    lossFraction: z.number().positive().default(0.5),
    /** Share of the steps, the last ones, that grow shorter, evenly down to nothing; 0 for none. */
    settling: z.number().min(0).max(1).default(0.25),
  }),
]);
export type OptimizerSpec = z.infer<typeof OptimizerSpec>;

const Training = z.strictObject({
  optimizer: OptimizerSpec,
  /** Most optimizer steps; 0 leaves the network as initialised. */
  steps: z.int().min(0),
  /** Stop once the mean squared error on standardised pixels falls below this; 0 never stops. */
  lossThreshold: z.number().min(0),
});

export const TrainingSpec = Training.extend({
  lossThreshold: Training.shape.lossThreshold.default(0),
});
export type TrainingSpec = z.infer<typeof TrainingSpec>;

const TrainTask = z.strictObject({
  task: z.literal("train"),
  train: ImageSpec,
  tests: z.array(ImageSpec).min(1),
  /** Pictures whose hidden layers are kept; empty keeps none. */
  layerTests: z.array(ImageSpec),
  model: ModelSpec,
  training: TrainingSpec,
  seed: z.int().min(0),
});
export type TrainTask = z.infer<typeof TrainTask>;

/** Parameters per layer, counted from the model code without allocating weights. */
const ParametersTask = z.strictObject({
  task: z.literal("parameters"),
  models: z.array(ModelSpec).min(1),
});
export type ParametersTask = z.infer<typeof ParametersTask>;

/** Monte Carlo estimate over polynomial least-squares fits: squared bias, variance and their sum by degree. */
const BiasVarianceTask = z.strictObject({
  task: z.literal("bias-variance"),
  /** Degrees 0 … maxDegree are fitted. */
  maxDegree: z.int().positive(),
  /** Points per training set, x equally spaced in [-1, 1]. */
  points: z.int().positive(),
  /** Standard deviation of the noise on y. */
  noise: z.number().positive(),
  /** Training sets drawn. */
  trials: z.int().positive(),
  seed: z.int().min(0),
});
export type BiasVarianceTask = z.infer<typeof BiasVarianceTask>;

/** All that decides the outcome of one run: plain JSON, complete, no presentation. */
export const RunSpec = z.discriminatedUnion("task", [TrainTask, ParametersTask, BiasVarianceTask]);
export type RunSpec = z.infer<typeof RunSpec>;

const list = <T extends z.ZodType>(value: T) => z.union([value, z.array(value).min(1)]);

/** A model whose fields may be lists; every combination of them becomes one run. */
const ModelSweep = z.discriminatedUnion("kind", [
  Fcn.extend({ layers: list(Fcn.shape.layers), width: list(Fcn.shape.width) }),
  Cnn.extend({
    layers: list(Cnn.shape.layers),
    channels: list(z.int().positive()).default(128),
    kernel: list(Kernel).default(5),
  }),
]);

const heading = {
  /** Heading of the study in lists and reports; never part of a key. */
  title: z.string().min(1),
};

const TrainExperiment = z.strictObject({
  ...heading,
  task: z.literal("train").default("train"),
  /** The one picture that is learned. */
  train: ImageSpec,
  /** Pictures that are predicted, in the order of the figure's columns. */
  tests: z.array(ImageSpec).min(1),
  /** Pictures whose hidden layers are recorded; none by default. */
  layerTests: z.array(ImageSpec).default([]),
  /** What is trained; `training` here overrides the common one, key by key, without defaults. */
  runs: z
    .array(z.strictObject({ model: ModelSweep, training: Training.partial().optional() }))
    .min(1),
  training: TrainingSpec,
  /** Named seeds; each model is trained once per seed. */
  seeds: z.array(z.int().min(0)).min(1).default([1]),
  /** What lies beside run.json, predictions.png and arrays.npz on the site. */
  publish: z.array(z.enum(["layers", "weights"])).default([]),
});

const ParametersExperiment = z.strictObject({
  ...heading,
  task: z.literal("parameters"),
  models: z.array(ModelSweep).min(1),
});

const BiasVarianceExperiment = BiasVarianceTask.extend(heading);

const ExperimentConfig = z.discriminatedUnion("task", [
  TrainExperiment,
  ParametersExperiment,
  BiasVarianceExperiment,
]);
export type ExperimentConfig = z.input<typeof ExperimentConfig>;

/** One run of an experiment. */
export interface PlannedRun {
  /** Unique within the experiment, e.g. "cnn-20" or "fcn-6-relu-seed-2". */
  name: string;
  spec: RunSpec;
}

export interface Experiment<Config = ExperimentConfig> {
  id: string;
  title: string;
  /** As written, so that a related study can start from it. */
  config: Config;
  runs: PlannedRun[];
  publish: ("layers" | "weights")[];
}

function expandModel(sweep: z.infer<typeof ModelSweep>): ModelSpec[] {
  let models: Record<string, unknown>[] = [{}];
  for (const [key, value] of Object.entries(sweep)) {
    const values: unknown[] = Array.isArray(value) ? value : [value];
    models = models.flatMap((model) => values.map((v) => ({ ...model, [key]: v })));
  }
  return models.map((model) => ModelSpec.parse(model));
}

/** e.g. "cnn-20", "fcn-6-relu"; channels and kernels appear where they are not the common ones. */
function modelName(model: ModelSpec): string {
  if (model.kind === "fcn") return `fcn-${model.layers}-${model.activation}`;
  const channels = model.channels === 128 ? "" : `-${model.channels}-channels`;
  const kernel = model.kernel === 5 ? "" : `-${model.kernel}x${model.kernel}`;
  return `cnn-${model.layers}${channels}${kernel}`;
}

/** Of a run's name, the part that always stands, then those that tell it from another. */
function nameParts({ model, training, seed }: TrainTask): string[] {
  const { kind, ...settings } = training.optimizer;
  return [
    modelName(model) + (training.steps === 0 ? "-untrained" : ""),
    model.kind === "fcn" ? `width-${model.width}` : "",
    model.biases ? "biases" : "no-biases",
    kind,
    ...Object.entries(settings).map(([key, value]) => `${key}-${value}`),
    `steps-${training.steps}`,
    `lossThreshold-${training.lossThreshold}`,
    `seed-${seed}`,
  ];
}

function planRuns(config: z.infer<typeof ExperimentConfig>): PlannedRun[] {
  if (config.task === "parameters") {
    const models = config.models.flatMap(expandModel);
    return [{ name: "parameters", spec: { task: "parameters", models } }];
  }
  if (config.task === "bias-variance") {
    const { title: _, ...spec } = config;
    return [{ name: "bias-variance", spec }];
  }
  const { train, tests, layerTests, seeds } = config;
  const specs = config.runs.flatMap((entry) => {
    const training = TrainingSpec.parse({ ...config.training, ...entry.training });
    return expandModel(entry.model).flatMap((model) =>
      seeds.map((seed): TrainTask => {
        return { task: "train", train, tests, layerTests, model, training, seed };
      }),
    );
  });
  const names = distinct(specs.map(nameParts));
  return specs.map((spec, i) => ({ name: names[i]!.join("-"), spec }));
}

/** Words for what Zod says too little of; it asks about every branch of a union by itself. */
const describe: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined) return "is missing";
  if (issue.code === "unrecognized_keys") {
    const known = Object.keys((issue.inst as z.ZodObject).shape);
    return issue.keys.map((key) => `unknown key “${key}”; ${suggest(key, known)}`).join("\n");
  }
  if (issue.code === "invalid_value" && typeof issue.input === "string") {
    return `unknown “${issue.input}”; ${suggest(issue.input, issue.values.map(String))}`;
  }
  if (issue.code === "invalid_union" && issue.discriminator !== undefined) {
    const { discriminator, input, inst } = issue;
    const kind = (input as Record<string, unknown>)[discriminator];
    const known = (inst as z.ZodDiscriminatedUnion<z.ZodObject[]>).options.flatMap(({ shape }) =>
      [...shape[discriminator]!._zod.values!].map(String),
    );
    const what = kind === undefined ? "is missing" : `unknown “${String(kind)}”`;
    return `${what}; ${suggest(String(kind), known)}`;
  }
  return undefined;
};

/** How far an input is from a branch of a union: keys of another branch weigh most. */
const distance = (branch: readonly z.core.$ZodIssue[]): number =>
  branch.reduce((sum, { code, path, ...issue }) => {
    if (code === "invalid_type" && path.length === 0) return Infinity;
    return sum + ("keys" in issue ? 2 * (issue.keys as string[]).length : 1);
  }, 0);

/** e.g. "runs[0].model.kernel: must be odd", a line per mistake; of a union its nearest branch only. */
function explain(issue: z.core.$ZodIssue): string[] {
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    const [branch] = [...issue.errors].sort((a, b) => distance(a) - distance(b));
    return branch!.flatMap((inner) => explain({ ...inner, path: [...issue.path, ...inner.path] }));
  }
  const where = z.core.toDotPath(issue.path) || "the experiment";
  const what = issue.message.replace(/^Invalid \w+: /, "");
  return what.split("\n").map((line) => `${where}: ${line[0]!.toLowerCase()}${line.slice(1)}`);
}

/**
 * Declares one study. Lists in a model sweep: every combination is one run.
 * @param id lower-case words joined by hyphens, the same as the file name.
 * @throws UserError naming every unknown key (with the nearest valid one) and every wrong value.
 */
export function defineExperiment<const Config extends ExperimentConfig>(
  id: string,
  config: Config,
): Experiment<Config> {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)) {
    throw new UserError(`experiment id “${id}” is not lower-case words joined by hyphens`);
  }
  const parsed = ExperimentConfig.safeParse({ task: "train", ...config }, { error: describe });
  if (!parsed.success) {
    throw new UserError(
      `experiment “${id}” is not valid\n${parsed.error.issues.flatMap(explain).join("\n")}`,
      {
        hint: `mend experiments/${id}.ts; its schema is in src/lab/experiment.ts`,
      },
    );
  }
  const runs = planRuns(parsed.data);
  const names = runs.map((run) => run.name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice) {
    throw new UserError(`experiment “${id}” declares the run “${twice}” twice`, {
      hint: "model, training or seed must differ",
    });
  }
  const publish = parsed.data.task === "train" ? parsed.data.publish : [];
  return { id, title: parsed.data.title, config, runs, publish };
}
