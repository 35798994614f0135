import { garments, type ImageSpec, type RunSpec, type TrainTask } from "../experiment.ts";
import type { Picture, Pictures } from "../record.ts";
import { type DatasetName, datasetNames, type Datasets } from "./dataset.ts";
import { drawPattern } from "./patterns.ts";

type DatasetImage = Extract<ImageSpec, { dataset: DatasetName }>;

const idOf = ({ dataset, label, rank }: DatasetImage) => `${dataset}-${label}-${rank}`;

const labelOf = ({ dataset, label }: DatasetImage) =>
  dataset === "mnist" ? `digit ${label}` : garments[label]!;

/** "7" in "blend of 7 and 4". */
const shortLabel = (image: DatasetImage) =>
  image.dataset === "mnist" ? String(image.label) : labelOf(image);

/**
 * The pixels of a picture that an experiment asks for, with its id and a label in words.
 * @throws UserError where the data set has no such picture.
 */
export function resolvePicture(spec: ImageSpec, datasets: Datasets): Picture {
  if ("pattern" in spec) {
    const { pattern } = spec;
    const label = pattern === "disc-crescent" ? "disc with crescent" : pattern.replace("-", " ");
    return { id: `pattern-${pattern}`, label, pixels: drawPattern(pattern) };
  }
  if ("blend" in spec) {
    const [a, b] = spec.blend.map((image) => resolvePicture(image, datasets).pixels);
    const [u, v] = spec.weights;
    return {
      id: ["blend", ...spec.blend.map(idOf), ...(u === 0.5 && v === 0.5 ? [] : [u, v])].join("-"),
      label: `blend of ${spec.blend.map(shortLabel).join(" and ")}`,
      pixels: a!.map((level, i) => Math.min(1, u * level + v * b![i]!)),
    };
  }
  const bytes = datasets[spec.dataset]!.pick(spec.label, spec.rank);
  return { id: idOf(spec), label: labelOf(spec), pixels: Float32Array.from(bytes, (v) => v / 255) };
}

export const resolvePictures = (task: TrainTask, datasets: Datasets): Pictures => ({
  train: resolvePicture(task.train, datasets),
  tests: task.tests.map((spec) => resolvePicture(spec, datasets)),
  layerTests: task.layerTests.map((spec) => resolvePicture(spec, datasets)),
});

const imagesOf = (spec: ImageSpec): DatasetImage[] =>
  "pattern" in spec ? [] : "blend" in spec ? spec.blend : [spec];

/** The data sets that a run reads, each once, in the order of `datasetNames`. */
export function datasetsOf(spec: RunSpec): DatasetName[] {
  if (spec.task !== "train") return [];
  const images = [spec.train, ...spec.tests, ...spec.layerTests].flatMap(imagesOf);
  return datasetNames.filter((name) => images.some(({ dataset }) => dataset === name));
}
