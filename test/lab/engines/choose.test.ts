import { expect, test } from "vitest";
import { chooseEngine } from "../../../src/lab/engines/choose.ts";
import { identifyEngine } from "../../../src/lab/engines/identify.ts";
import {
  cnn,
  comparable,
  fcn,
  type Measured,
  measured,
} from "../../../src/lab/engines/measured.ts";
import { trainSpec } from "../job.ts";

const relu = fcn(3, "relu", 2048);

/** Convolutions are 4 times as fast on onnx, dense layers twice as fast on tensorflow. */
const table: Measured[] = [
  { model: cnn(5), optimizer: "sgd", msPerStep: { onnx: 10, tensorflow: 40 } },
  { model: relu, optimizer: "sgd", msPerStep: { onnx: 10, tensorflow: 5 } },
];

const both = [...comparable];

test("the engine with less time for all tasks together is picked, by their cost", () => {
  const convolve = trainSpec(100, cnn(5));
  const dense = trainSpec(100, relu);
  expect(chooseEngine([convolve], both, table)).toEqual({
    name: "onnx",
    reason: "4.0 times as fast as tensorflow by the measured table",
  });
  expect(chooseEngine([dense], both, table)).toEqual({
    name: "tensorflow",
    reason: "2.0 times as fast as onnx by the measured table",
  });
  // 10 + 10 ms a step against 40 + 5; then 10 + 100 · 10 ms against 40 + 100 · 5.
  expect(chooseEngine([convolve, dense], both, table).name).toBe("onnx");
  expect(chooseEngine([convolve, trainSpec(10_000, relu)], both, table).name).toBe("tensorflow");
});

test("an engine that does not run is not picked, and the reason says so", () => {
  const tasks = [trainSpec(100, cnn(7))];
  expect(chooseEngine(tasks, ["onnx"], table).reason).toBe(
    "4.0 times as fast as tensorflow by the measured table; tensorflow does not run here",
  );
  expect(chooseEngine(tasks, ["tensorflow"], table)).toEqual({
    name: "tensorflow",
    reason: "onnx would be 4.0 times as fast by the measured table; onnx does not run here",
  });
  expect(() => chooseEngine(tasks, [], table)).toThrow("none of the engines");
});

test("a network that was not measured is judged by the likest one of its kind", () => {
  const table: Measured[] = [
    { model: cnn(3), optimizer: "sgd", msPerStep: { onnx: 3, tensorflow: 2 } },
    { model: cnn(20), optimizer: "sgd", msPerStep: { onnx: 30, tensorflow: 90 } },
    { model: cnn(20), optimizer: "adam", msPerStep: { onnx: 90, tensorflow: 30 } },
  ];
  expect(chooseEngine([trainSpec(10, cnn(18))], both, table).reason).toMatch(/^3.0 times/);
  expect(chooseEngine([trainSpec(10, cnn(4))], both, table).name).toBe("tensorflow");
});

test("equal times are not told as a difference, and the first is kept", () => {
  const even = table.map((entry) => ({ ...entry, msPerStep: { onnx: 1, tensorflow: 1.01 } }));
  expect(chooseEngine([trainSpec(10, relu)], both, even)).toEqual({
    name: "onnx",
    reason: "as fast as tensorflow by the measured table",
  });
});

test("the table has every engine in every case", () => {
  for (const { msPerStep } of measured) {
    expect(Object.keys(msPerStep).sort()).toEqual([...comparable].sort());
    expect(Object.values(msPerStep).every((ms) => ms > 0)).toBe(true);
  }
});

test("a key never depends on the word auto", async () => {
  const { name, id, reason } = await identifyEngine("auto", [trainSpec()]);
  expect(both).toContain(name);
  expect(id).toBe((await identifyEngine(name, [trainSpec()])).id);
  expect(reason).toMatch(/by the measured table/);
});

test("a mistyped name is answered with the nearest, and nothing is loaded without tasks", async () => {
  await expect(identifyEngine("tensorflw", [trainSpec()])).rejects.toMatchObject({
    hint: "did you mean “tensorflow”?",
  });
  await expect(identifyEngine("aut", [])).rejects.toMatchObject({ hint: "did you mean “auto”?" });
  expect(await identifyEngine("tensorflow", [])).toEqual({
    name: "none",
    id: "none",
    reason: null,
  });
});
