import { describe, expect, test } from "vitest";
import { readArrays } from "#site/arrays";
import { results } from "#site/results";
import type { Row } from "#site/studies";
import { type Decided, decided } from "./figures/decides.ts";
import { repeatsAt, repeatsOf } from "./figures/repeats.ts";
import { measuresOf, type Network, networks, type RepeatTable } from "./figures/runs.ts";
import { converged, obstacle, reason } from "./test/shown.ts";

type Outcome = "rInput" | "rTrain";

/** Of trainings that converged; at least two, so that something is said. */
function valuesOf(table: RepeatTable, where: Record<string, string>, of: Outcome): number[] {
  const values = repeatsAt(table, where).flatMap((repeat) => (repeat.converged ? repeat[of]! : []));
  expect(values.length).toBeGreaterThan(1);
  return values;
}

const spanOf = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);

/** By step, the greatest difference of one pixel between the answers to the tests. */
function spreadByStep({ out }: Row<"identity", "story">): Map<number, number> {
  const { data, shape } = readArrays(out.pictures!)!["outputs"]!;
  const [, pictures, height, width] = shape as [number, number, number, number];
  const pixels = height * width;
  const valueAt = (scene: number, picture: number, pixel: number): number =>
    (data as Float32Array)[(scene * pictures + picture) * pixels + pixel]!;
  const spreadOf = (scene: number): number =>
    Math.max(
      ...Array.from({ length: pixels }, (_, pixel) => {
        const answers = Array.from({ length: pictures - 1 }, (_, i) =>
          valueAt(scene, i + 1, pixel),
        );
        return spanOf(answers);
      }),
    );
  return new Map(out.course!.table!.step.map((step, scene) => [Number(step), spreadOf(scene)]));
}

describe.skipIf(obstacle !== null)(`what the article says of other trainings${reason}`, () => {
  test("from every start and on every picture, six ReLU layers draw what they learned", () => {
    for (const table of ["fcn-seeds", "fcn-trained-on"] as const) {
      const values = valuesOf(table, { network: "6-layers-relu" }, "rTrain");
      expect(values).toHaveLength(3);
      expect(Math.min(...values)).toBeGreaterThan(0.99);
    }
  });

  test("shallow convolutions copy from every start and on every picture", () => {
    for (const layers of ["1", "3", "5"]) {
      for (const table of ["cnn-seeds", "cnn-trained-on"] as const) {
        const values = valuesOf(table, { layers }, "rInput");
        expect(values).toHaveLength(3);
        expect(Math.min(...values), layers).toBeGreaterThan(0.9);
      }
      expect(spanOf(valuesOf("cnn-seeds", { layers }, "rInput")), layers).toBeLessThan(0.02);
    }
  });

  test("14 layers depend on the start, 20 draw the 7 from each", () => {
    const [first, ...others] = valuesOf("cnn-seeds", { layers: "14" }, "rTrain");
    expect(others).toHaveLength(2);
    for (const r of others) expect(first! - r).toBeGreaterThan(0.1); // white areas overlap the 7
    const deepest = valuesOf("cnn-seeds", { layers: "20" }, "rTrain");
    expect(deepest).toHaveLength(3);
    expect(Math.min(...deepest)).toBeGreaterThan(0.95);
  });

  test("what did not converge is what the article names", () => {
    const tables = ["fcn-seeds", "fcn-grey", "cnn-seeds", "fcn-trained-on"] as const;
    expect(tables.flatMap(repeatsOf).filter(({ converged }) => !converged)).toEqual([]);
    const others = repeatsOf("cnn-trained-on").filter(({ converged }) => !converged);
    expect(others.map(({ at }) => `${at["layers"]} ${at["picture"]}`)).toEqual(["20 a-t-shirt"]);
    const [three] = repeatsAt("cnn-trained-on", { layers: "20", picture: "a-3" });
    expect(three!.rTrain).toBeGreaterThan(0.95);
  });

  test("20 layers answer all pictures alike at every step, 14 after a hundred not, 7 after ten not", () => {
    const rows = results("identity", "story");
    expect(rows.map(({ at }) => at[0]!.value)).toEqual([7, 14, 20]);
    const [seven, fourteen, twenty] = rows.map(spreadByStep);
    expect(seven!.get(10)).toBeGreaterThan(0.5);
    expect(Math.max(...[0, 10, 20, 40, 80].map((step) => fourteen!.get(step)!))).toBeLessThan(0.01);
    expect(fourteen!.get(160)).toBeGreaterThan(0.3);
    expect(twenty!.size).toBe(10);
    expect(Math.max(...twenty!.values())).toBeLessThan(0.02);
  });
});

describe.skipIf(obstacle !== null)(`what the article says of the larger field${reason}`, () => {
  test("7 layers copy the 7 wherever it stands", () => {
    const [{ converged, row }] = networks("moved") as [Network];
    expect(converged).toBe(true);
    const measures = measuresOf(row);
    expect(measures).toHaveLength(9);
    for (const { rInput } of measures) expect(rInput).toBeGreaterThan(0.99);
  });
});

const change = (layers: number, name: string) =>
  decided().filter((training) => training.layers === layers && training.change === name);

describe.skipIf(obstacle !== null)(`what the article says of what decides${reason}`, () => {
  test("at 7 layers the scale of the initial weights moves r identity up to 1.4", () => {
    const scales = ["weights × 0.7", "as shown", "weights × 1.2", "weights × 1.4"];
    const identity = scales.map((name) => change(7, name)[0]!.rInput!);
    expect(identity).toEqual(identity.toSorted((a, b) => a - b));
    for (const training of decided().filter(({ layers }) => layers === 7)) {
      expect(training.converged, training.change).toBe(true);
      expect(training.rTrain, training.change).toBeLessThan(0.3);
      expect(training.rInput, training.change).toBeGreaterThan(0.6);
    }
  });

  test("at 7 layers the picture is lost less where the border is far away or not there", () => {
    const usual = change(7, "as shown")[0]!.rInput!;
    for (const name of ["circular padding", "no padding", "larger field"]) {
      expect(change(7, name)[0]!.rInput, name).toBeGreaterThan(usual + 0.05);
    }
  });

  test("at 20 layers the 7 is drawn as shown and by steps twice as long, in part by others, and not by the rest", () => {
    const usual = change(20, "as shown");
    expect(usual).toHaveLength(3);
    for (const { converged, rTrain } of usual) {
      expect(converged).toBe(true);
      expect(rTrain).toBeGreaterThan(0.95);
    }
    const others = decided().filter(
      ({ layers, change, converged }) => layers === 20 && converged && change !== "as shown",
    );
    const drawn = new Map(others.map(({ change, rTrain }) => [change, rTrain!]));
    expect(drawn.size).toBeGreaterThan(7);
    expect(drawn.get("NGD, cap 0.1")).toBeGreaterThan(0.95);
    for (const name of ["NGD, cap 0.2", "weights × 1.2"]) {
      expect(Math.abs(drawn.get(name)! - 0.67), name).toBeLessThan(0.05);
    }
    const told = ["NGD, cap 0.1", "NGD, cap 0.2", "weights × 1.2"];
    for (const [name, r] of drawn) if (!told.includes(name)) expect(r, name).toBeLessThan(0.45);
  });

  test("by Adam or from large weights 20 layers learn more exactly, and answer with neither end", () => {
    for (const name of ["Adam", "weights × 2.45", "normal weights × 2.45 (Kaiming)"]) {
      const [{ converged, loss, rInput, rTrain }] = change(20, name) as [Decided];
      expect(converged, name).toBe(true);
      expect(loss, name).toBeLessThan(1e-4);
      for (const r of [rInput, rTrain]) expect(Math.abs(r! - 0.41), name).toBeLessThan(0.06);
    }
    const [{ converged, rTrain }] = change(20, "no biases") as [Decided];
    expect(converged).toBe(true);
    expect(rTrain).toBeLessThan(0.1);
  });

  test("at 20 layers those did not converge that the article names, and circular padding left the loss where it was", () => {
    const failed = decided().filter(({ layers, converged }) => layers === 20 && !converged);
    expect(failed.map(({ change }) => change)).toEqual([
      "NGD, cap 0.02",
      "momentum",
      "weights × 0.7",
      "circular padding",
    ]);
    const circular = failed.at(-1);
    const { variance } = converged("cnn-depth", 1).row.out.training!.value;
    expect(circular!.loss).toBeCloseTo(variance, 3);
    expect(circular!.rInput).toBeNull(); // of an even grey there is none
  });
});
