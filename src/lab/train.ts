import { setImmediate as nextTurn } from "node:timers/promises";
import { losses, mean, type Scalar, type Tensor, tensor, variable } from "@tensorflow/tfjs-core";
import { standardise, toDisplay } from "./datasets/scaling.ts";
import { type Engine, openEngine } from "./engines/engine.ts";
import { exportModel } from "./engines/onnx/index.ts";
import type { TrainTask } from "./experiment.ts";
import { drawLayerSheet } from "./images/layers.ts";
import { drawTiles } from "./images/sheet.ts";
import { measureDisplayed, measureTable } from "./measures/table.ts";
import {
  countParameters,
  createModel,
  initialise,
  type Layer,
  type Model,
} from "./models/model.ts";
import { writeNpz } from "./npz.ts";
import { createOptimizer } from "./optimizers/optimizer.ts";
import type { Job, Picture, Pictures, Progress, TrainRecord } from "./record.ts";
import type { TaskOutput } from "./run.ts";

const pixels = 784;

/** Steps between two looks at the loss from outside. */
const stepsPerChunk = 20;

/** Points kept of a loss curve. */
const curvePoints = 400;

/** How the training went; what came of it is measured on the network that is kept. */
type Course = Omit<TrainRecord["training"], "loss">;

/** data → model → train → measure → draw → record, on one engine. */
export async function train(
  job: Job,
  task: TrainTask,
  report: (progress: Progress) => void,
): Promise<TaskOutput> {
  const engine = await openEngine(job.engine, { threads: job.threads });
  const model = createModel(task.model);
  const parameters = countParameters(model);
  const pictures = job.pictures!;
  const layers = createVariables(model, task.seed);
  const course = await optimise(engine, model, layers, task, pictures.train, report);
  const finish = (metrics: TrainRecord["metrics"], files: TaskOutput["files"]): TaskOutput => {
    const loss = course.steps > 0 ? (metrics?.images[0]!.mse ?? null) : null;
    const training = { ...course, loss };
    return {
      record: { task: "train", training, metrics, parameters },
      files,
      engine: engine.id,
      versions: engine.versions,
    };
  };
  if (course.stoppedBy === "diverged") return finish(null, {});
  return finish(...(await present(engine, model, layers, course, pictures)));
}

function createVariables(model: Model, seed: number): Layer<Tensor>[] {
  return initialise(model, seed).map(({ weights, biases }, i) => {
    const shape = model.shapes[i]!;
    return {
      weights: variable(tensor(weights, shape.weights)),
      biases: biases && variable(tensor(biases, shape.biases)),
    };
  });
}

const variablesOf = (layers: Layer<Tensor>[]) =>
  layers.flatMap(({ weights, biases }) => (biases ? [weights, biases] : [weights])) as ReturnType<
    typeof variable
  >[];

/** Minimises the mean squared error between the training picture and what the network makes of it. */
async function optimise(
  engine: Engine,
  model: Model,
  layers: Layer<Tensor>[],
  task: TrainTask,
  picture: Picture,
  report: (progress: Progress) => void,
): Promise<Course> {
  const { optimizer, steps, lossThreshold } = task.training;
  if (steps === 0) return { steps: 0, curve: [], stoppedBy: "steps", reason: null };
  const x = stack(model, [picture]);
  const update = createOptimizer(optimizer, steps);
  const variables = variablesOf(layers);
  const error = () => losses.meanSquaredError(x, output(model, layers, x)) as Scalar;
  const trainer = engine.compile(() => update(error, variables), { stopBelow: lossThreshold });
  // A step returns the loss before it, and may end far from there.
  const lossAfter = (): number => {
    trainer.sync();
    return engine.evaluate(() => [error()])[0]![0]!;
  };
  const history: number[] = [];
  const record = (stoppedBy: Course["stoppedBy"], reason: string | null = null): Course => ({
    steps: history.length,
    curve: thin(history),
    stoppedBy,
    reason,
  });
  try {
    while (history.length < steps) {
      const chunk = trainer.run(Math.min(stepsPerChunk, steps - history.length));
      const first = chunk[0]!;
      history.push(...chunk);
      const loss = history.at(-1)!;
      if (!Number.isFinite(loss)) {
        return record("diverged", `loss became ${loss} at step ${history.length}`);
      }
      if (loss < lossThreshold && lossAfter() < lossThreshold) return record("loss");
      if (chunk.length > 1 && chunk.every((value) => value === first)) {
        return record("diverged", `no gradient: the loss stays at ${loss.toPrecision(4)}`);
      }
      report({ step: history.length, steps, loss });
      // The only moment in which a worker hears that its parent is gone.
      await nextTurn();
    }
    const last = lossAfter();
    return Number.isFinite(last)
      ? record("steps")
      : record("diverged", `loss became ${last} after the last step`);
  } finally {
    trainer.dispose();
  }
}

const output = (model: Model, layers: Layer<Tensor>[], x: Tensor) => model.apply(layers, x).at(-1)!;

/** Standardised pictures as a batch [n, …inputShape]. */
function stack(model: Model, pictures: Picture[]): Tensor {
  const data = new Float32Array(pictures.length * pixels);
  pictures.forEach((picture, i) => data.set(standardise(picture.pixels), i * pixels));
  return tensor(data, [pictures.length, ...model.inputShape]);
}

const rows = (data: Float32Array, length = pixels): Float32Array[] =>
  Array.from({ length: data.length / length }, (_, i) => data.slice(i * length, (i + 1) * length));

/** At most `curvePoints` of a loss history, as [step, loss], the first and the last among them. */
function thin(history: number[]): [number, number][] {
  const stride = Math.max(1, Math.ceil((history.length - 1) / (curvePoints - 1)));
  return history.flatMap((loss, i): [number, number][] =>
    Number.isFinite(loss) && (i % stride === 0 || i === history.length - 1) ? [[i + 1, loss]] : [],
  );
}

/** Measures and pictures of what the network learned. */
async function present(
  engine: Engine,
  model: Model,
  layers: Layer<Tensor>[],
  { curve }: Course,
  pictures: Pictures,
): Promise<[TrainRecord["metrics"], TaskOutput["files"]]> {
  const shown = [pictures.train, ...pictures.tests];
  const inputs = shown.map(({ pixels }) => standardise(pixels));
  const [predicted] = engine.evaluate(() => [output(model, layers, stack(model, shown))]);
  const outputs = rows(predicted!);
  const metrics = {
    ...measureTable(inputs[0]!, inputs, outputs, shown),
    displayed: measureDisplayed(inputs[0]!, inputs, outputs, shown),
  };
  const maps = layerMaps(engine, model, layers, pictures);
  const count = shown.length;
  const arrays = {
    inputs: { data: Float32Array.from(inputs.flatMap((row) => [...row])), shape: [count, 28, 28] },
    outputs: { data: predicted!, shape: [count, 28, 28] },
    curve: {
      data: Float64Array.from(curve.flat()),
      shape: [curve.length, 2],
    },
    ...(maps && {
      layers: {
        data: Float32Array.from(maps.layers.flatMap((layer) => layer.flatMap((map) => [...map]))),
        shape: [maps.layers.length, maps.inputs.length, 28, 28],
      },
    }),
  };
  const files: TaskOutput["files"] = {
    "inputs.png": await drawTiles(inputs.map(toDisplay)),
    "predictions.png": await drawTiles(outputs.map(toDisplay)),
    "arrays.npz": writeNpz(arrays),
    "model.onnx": exportModel(
      (x) => output(model, layers, x),
      [{ name: "input", shape: [1, ...model.inputShape] }],
    ),
  };
  if (maps) {
    const hidden = maps.layers.slice(0, -1);
    files["layers.png"] = await drawLayerSheet({
      inputs: maps.inputs.map(toDisplay),
      hidden,
      outputs: maps.layers.at(-1)!.map(toDisplay),
    });
  }
  return [metrics, files];
}

/** Mean over the channels of each layer's output; null where a network has no spatial layers. */
function layerMaps(engine: Engine, model: Model, layers: Layer<Tensor>[], pictures: Pictures) {
  if (pictures.layerTests.length === 0 || model.inputShape.length !== 3) return null;
  const shown = [pictures.train, ...pictures.layerTests];
  const maps = engine.evaluate(() =>
    model.apply(layers, stack(model, shown)).map((layer) => mean(layer, -1)),
  );
  return {
    inputs: shown.map(({ pixels }) => standardise(pixels)),
    layers: maps.map((layer) => rows(layer)),
  };
}
