import { expect, test } from "vitest";
import { countParameters as countNetwork } from "#lab/networks/network";
import { makeStudies } from "../../../test/galleries/make.ts";
import { temporaryFolder } from "../../../test/lab/folder.ts";
import { createNetwork } from "../networks.ts";
import { cnn, countParameters, fcn, Model } from "../parameters.ts";
import { seven } from "../pictures.ts";
import { counts, predict } from "../tasks.ts";

const models = [1, 2, 5].flatMap((layers) => [
  fcn(layers, "linear", 784),
  fcn(layers, "relu", 100),
  cnn(layers),
  cnn(layers, { channels: 7, kernel: 3, biases: false }),
]);

test("parameters of models are counted without making them", () => {
  for (const model of models.map((model) => Model.parse(model))) {
    expect(countParameters(model)).toBe(countNetwork(createNetwork(model)).total);
  }
});

const training = { picture: seven, optimizer: { kind: "ngd", cap: 0.05 }, steps: 1 } as const;

test("models beyond any machine are refused with their size, before anything runs", async () => {
  const huge = {
    wide: cnn(20_000, { channels: 4096 }),
    deep: cnn(1e9, { channels: 1 }),
  };
  const study = {
    id: "huge",
    title: "Beyond any machine",
    tables: {
      predict: predict.table({
        over: { model: huge },
        run: ({ model }) => ({ network: { ...training, model }, pictures: [seven] }),
      }),
      counts: counts.table({ over: {}, run: () => ({ models: [fcn(1e12, "linear", 1)] }) }),
    },
  };
  const data = { data: "drawn" };
  const { agenda, lost, events } = await makeStudies([study], await temporaryFolder(), { data });
  const reasons = Object.fromEntries(
    [...lost].map(([key, { reason }]) => [agenda.runs.get(key)!.name, reason]),
  );
  expect(reasons).toMatchObject({
    "train for huge/predict/model=wide": expect.stringMatching(/^it needs 67 TB of memory/),
    "train for huge/predict/model=deep": expect.stringMatching(/^it needs 200 TB of memory/),
    "huge/counts": expect.stringMatching(/^it needs 300 TB of memory/),
  });
  expect(events.map(({ type }) => type)).not.toContain("start");
});
