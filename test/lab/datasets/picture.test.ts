import { describe, expect, test } from "vitest";
import cnnDepth from "../../../experiments/cnn-depth.ts";
import fcnDepth from "../../../experiments/fcn-depth.ts";
import { openDatasets } from "../../../src/lab/datasets/index.ts";
import { drawPattern } from "../../../src/lab/datasets/patterns.ts";
import { datasetsOf, resolvePicture, resolvePictures } from "../../../src/lab/datasets/picture.ts";
import {
  pixelDeviation,
  pixelMean,
  standardise,
  toDisplay,
} from "../../../src/lab/datasets/scaling.ts";
import {
  blend,
  digit,
  garment,
  pattern,
  patternNames,
  type RunSpec,
  type TrainTask,
} from "../../../src/lab/experiment.ts";

const datasets = await openDatasets(["mnist", "fashion-mnist"], { data: "drawn" });
const trainTask = (spec: RunSpec) => spec as TrainTask;

describe("resolvePicture", () => {
  const described = [digit(4, 1), garment("ankle boot"), blend(digit(7), digit(4))]
    .concat(patternNames.map(pattern) as never[])
    .map((spec) => resolvePicture(spec, datasets));

  test("names pictures by id and in words", () => {
    expect(described.map(({ id, label }) => [id, label])).toEqual([
      ["mnist-4-1", "digit 4"],
      ["fashion-mnist-9-0", "ankle boot"],
      ["blend-mnist-7-0-mnist-4-0", "blend of 7 and 4"],
      ["pattern-small-square", "small square"],
      ["pattern-thin-stripes", "thin stripes"],
      ["pattern-wide-stripes", "wide stripes"],
      ["pattern-gradient", "gradient"],
      ["pattern-dot-grid", "dot grid"],
      ["pattern-disc-crescent", "disc with crescent"],
      ["pattern-ellipse", "ellipse"],
    ]);
  });

  test("gives 784 values in [0, 1], black and white among them", () => {
    for (const { pixels, label } of described) {
      expect(pixels, label).toHaveLength(784);
      expect(Math.min(...pixels), label).toBe(0);
      expect(Math.max(...pixels), label).toBeGreaterThan(0.45);
      expect(Math.max(...pixels), label).toBeLessThanOrEqual(1);
    }
  });

  test("blends pixel by pixel, clipped, and tells other weights apart", () => {
    const [seven, four] = [digit(7), digit(4)];
    const [a, b] = [seven, four].map((spec) => datasets.mnist!.pick(spec.label, 0));
    const half = resolvePicture(blend(seven, four), datasets);
    expect(half.pixels[300]).toBeCloseTo((a![300]! + b![300]!) / 510, 6);
    const bright = resolvePicture({ blend: [seven, seven], weights: [1, 0.8] }, datasets);
    expect(Math.max(...bright.pixels)).toBe(1);
    expect(bright.id).toBe("blend-mnist-7-0-mnist-7-0-1-0.8");
    expect(resolvePicture(blend(garment("bag"), seven), datasets).label).toBe("blend of bag and 7");
  });

  test("lets the studies find all their pictures, each once", () => {
    for (const { spec } of [...cnnDepth.runs, ...fcnDepth.runs]) {
      const { train, tests } = resolvePictures(trainTask(spec), datasets);
      const ids = [train, ...tests].map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(datasetsOf(spec)).toEqual(["mnist", "fashion-mnist"]);
    }
  });
});

test("datasetsOf reads blends and hidden-layer pictures, and knows runs without pictures", () => {
  const spec = trainTask(cnnDepth.runs[0]!.spec);
  const only = { ...spec, train: pattern("ellipse"), layerTests: [] };
  expect(datasetsOf({ ...only, tests: [pattern("gradient")] })).toEqual([]);
  expect(datasetsOf({ ...only, tests: [blend(garment("bag"), digit(1))] })).toHaveLength(2);
  expect(datasetsOf({ ...only, tests: [garment("bag")] })).toEqual(["fashion-mnist"]);
  expect(datasetsOf({ task: "parameters", models: [spec.model] })).toEqual([]);
});

describe("drawPattern", () => {
  /** A text per row, one character per pixel from black to white. */
  const show = (name: (typeof patternNames)[number]) => {
    const pixels = drawPattern(name);
    const shade = (value: number) => " .:-=+*#%@"[Math.round(value * 9)];
    return Array.from({ length: 28 }, (_, row) =>
      Array.from(pixels.subarray(row * 28, row * 28 + 28), shade).join(""),
    );
  };

  test("squares, stripes and dots lie on whole pixels", () => {
    const square = show("small-square");
    expect(square[6]).toBe(" ".repeat(28));
    expect(square[7]).toBe(" ".repeat(7) + "@".repeat(7) + " ".repeat(14));
    expect(square[13]).toBe(square[7]);
    expect(square[14]).toBe(square[6]);
    expect(show("thin-stripes")[9]).toBe("@ ".repeat(14));
    expect(show("wide-stripes")[9]).toBe("@@@@    ".repeat(3) + "@@@@");
    expect(show("dot-grid").slice(0, 5)).toEqual([
      "@@  ".repeat(7),
      "@@  ".repeat(7),
      " ".repeat(28),
      " ".repeat(28),
      "@@  ".repeat(7),
    ]);
  });

  test("the gradient runs from black to white", () => {
    const row = drawPattern("gradient").subarray(0, 28);
    expect([row[0], row[27]]).toEqual([0, 1]);
    expect(row[9]).toBeCloseTo(1 / 3, 6);
  });

  test("ellipse and disc have the measured extents", () => {
    const ellipse = show("ellipse");
    expect(ellipse.findIndex((row) => row.trim() !== "")).toBe(6);
    expect(ellipse[14]).toMatch(/^[*#%@]@{26}[*#%@]$/);
    const disc = show("disc-crescent");
    expect([disc[0]![0], disc[0]![14], disc[14]![0]]).toEqual([" ", "@", "@"]);
    const grey = drawPattern("disc-crescent");
    const inner = (i: number) => Math.hypot(Math.floor(i / 28) - 13.5, (i % 28) - 13.5) < 11;
    const inCrescent = [...grey.keys()].filter((i) => inner(i) && grey[i]! < 1);
    expect(Math.min(...inCrescent.map((i) => grey[i]!))).toBeCloseTo(0.45, 6);
    const [rows, columns] = [
      inCrescent.map((i) => Math.floor(i / 28)),
      inCrescent.map((i) => i % 28),
    ];
    expect([Math.min(...rows), Math.min(...columns)]).toEqual([6, 7]);
    expect([Math.max(...rows), Math.max(...columns)]).toEqual([19, 20]); // measured 20, 20, ±1
    expect(grey[17 * 28 + 18]).toBe(1); // open to the lower right
  });
});

describe("scaling", () => {
  test("standardises and comes back", () => {
    expect(standardise([0, 1])[0]).toBeCloseTo(-pixelMean / pixelDeviation, 6);
    expect(standardise([0, 1])[1]).toBeCloseTo((1 - pixelMean) / pixelDeviation, 6);
    const back = toDisplay(standardise([0, 0.25, 1]));
    [0, 0.25, 1].forEach((value, i) => expect(back[i]).toBeCloseTo(value, 6));
  });

  test("clips what is shown", () => {
    expect([...toDisplay([-9, 9, NaN, -Infinity])]).toEqual([0, 1, 0, 0]);
  });
});
