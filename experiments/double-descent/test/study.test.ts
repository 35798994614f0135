import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { readNpz } from "../../../src/lab/npz.ts";
import { makeStudies } from "../../../test/galleries/make.ts";
import { temporaryFolder } from "../../../test/lab/folder.ts";
import study from "../study.ts";

const experiments = fileURLToPath(new URL("../../", import.meta.url));

test.each(["default", "quick"] as const)("the %s profile crosses the threshold", (profile) => {
  const { features, networks } = study(profile).tables;
  for (const { task, rows } of [features, networks]) {
    for (const { params } of rows) expect(task.params.safeParse(params).error).toBeUndefined();
  }
  const widths = (table: { over: { width: readonly number[] } }) => table.over.width;
  expect(Math.min(...widths(features))).toBeLessThan(250);
  expect(Math.max(...widths(features))).toBeGreaterThan(900);
  expect(Math.min(...widths(networks))).toBeLessThan(42);
  expect(Math.max(...widths(networks))).toBeGreaterThan(160);
});

test("both kinds of fits are made from the same pictures and labels, and measured", async () => {
  const made = await makeStudies(experiments, await temporaryFolder(), {
    only: [
      "double-descent/features/width=25/seed=1",
      "double-descent/features/noise=true-labels/width=550/seed=1",
      "double-descent/networks/noise=20-wrong-labels/width=512/seed=1",
    ],
  });
  expect(made.lost).toEqual(new Map());
  const valuesOf = (name: string) => made.record(`double-descent/${name}`)!.values;

  const few = valuesOf("features/noise=20-wrong-labels/width=25/seed=1");
  expect(few).toMatchObject({ parameters: 250, ratio: 0.05 });
  expect(few["trainError"]).toBeGreaterThan(0.2);
  expect(few["testError"]).toBeLessThan(0.6); // a guess is wrong in 9 of 10

  const many = valuesOf("features/noise=true-labels/width=550/seed=1");
  expect(many).toMatchObject({ ratio: 1.1, trainError: 0 });
  expect(many["trainLoss"]).toBeLessThan(1e-10);
  expect(many["testError"]).toBeGreaterThan(0.25); // close to the threshold

  const network = valuesOf("networks/noise=20-wrong-labels/width=512/seed=1");
  expect(network).toMatchObject({ converged: true, trainError: 0, parameters: 30_730 });
  expect(network["trainLoss"]).toBeLessThan(2e-3); // one step after the threshold of 1e-3

  const examples = (name: string) => {
    const { inputs } = made.record(`double-descent/${name}`)!;
    const { run } = inputs["examples"] as { run: string };
    return readFile(join(made.store.path(run), "examples.npz")).then(readNpz);
  };
  const right = await examples("features/noise=true-labels/width=25/seed=1");
  const noisy = await examples("features/noise=20-wrong-labels/width=25/seed=1");
  expect(await examples("networks/noise=20-wrong-labels/width=512/seed=1")).toEqual(noisy);
  for (const name of ["train", "test", "truth"]) expect(noisy[name]).toEqual(right[name]);
  const wrong = right["taught"]!.data.filter((label, i) => label !== noisy["taught"]!.data[i]);
  expect(wrong).toHaveLength(100); // a fifth of 500
});
