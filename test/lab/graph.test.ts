import { describe, expect, test } from "vitest";
import { keyOf, type ReadData, type Run, type RunInput } from "../../src/lab/graph.ts";
import { defineTask, table, value, x, y, z } from "../../src/lab/task.ts";

const declare = (outputs: Parameters<typeof defineTask>[0]["outputs"], name = "fit") =>
  defineTask({ name, params: z.unknown(), outputs, code: new URL("file:///fit.ts") });

const number = value(z.number());

const dataOf = (sha256: string, path = "/a.npz"): RunInput => ({
  type: "data",
  data: { sha256, kind: "arrays", path, description: path } satisfies ReadData,
});

const run: Omit<Run, "key"> = {
  task: declare({ slope: number }),
  params: { degree: 1, points: [1, 2] },
  inputs: { points: dataOf("aa"), others: { type: "list", items: [dataOf("bb"), dataOf("cc")] } },
  code: {
    hash: "c0de",
    usesEngine: true,
    packages: {},
    sources: {},
    run: { type: "module", path: "/code/c0de.mjs" },
  },
  engine: "onnx 1",
};

const upstream = (output: string, key = "0123"): RunInput => ({
  type: "run",
  run: { key, ...run },
  output,
});

describe("the key of a run", () => {
  test("is 32 hexadecimal digits, whatever the order of parameters", () => {
    expect(keyOf(run)).toMatch(/^[0-9a-f]{32}$/);
    expect(keyOf({ ...run, params: { points: [1, 2], degree: 1 } })).toBe(keyOf(run));
  });

  test("depends on all that decides about results", () => {
    const others: Omit<Run, "key">[] = [
      { ...run, task: declare({ slope: number }, "other") },
      { ...run, task: declare({ slope: table({ a: x("a"), b: y("b") }) }) },
      { ...run, task: declare({ slope: number, offset: number }) },
      { ...run, params: { degree: 2, points: [1, 2] } },
      { ...run, params: { degree: 1, points: [2, 1] } },
      { ...run, inputs: { ...run.inputs, points: dataOf("bb") } },
      { ...run, inputs: { ...run.inputs, others: { type: "list", items: [dataOf("cc")] } } },
      { ...run, inputs: { ...run.inputs, points: upstream("slope") } },
      { ...run, inputs: { ...run.inputs, points: upstream("offset") } },
      { ...run, inputs: { ...run.inputs, points: upstream("slope", "4567") } },
      { ...run, code: { ...run.code, hash: "beef" } },
      { ...run, engine: "onnx 2" },
      { ...run, engine: null },
    ];
    const keys = [run, ...others].map(keyOf);
    expect(new Set(keys).size).toBe(keys.length);
  });

  test("depends on nothing else: places, words, needs", () => {
    const same: Omit<Run, "key">[] = [
      { ...run, inputs: { ...run.inputs, points: dataOf("aa", "/elsewhere/b.npz") } },
      { ...run, task: declare({ slope: value(z.number(), { label: "the slope" }) }) },
      { ...run, task: { ...run.task, needs: () => ({ seconds: 99 }) } },
      { ...run, code: { ...run.code, run: { type: "module", path: "/tmp/c0de.mjs" } } },
    ];
    for (const other of same) expect(keyOf(other)).toBe(keyOf(run));
  });
});
