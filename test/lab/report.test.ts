import { expect, test } from "vitest";
import { published } from "../../src/published.ts";
import { compareWithPublished } from "../../src/lab/report.ts";
import { formatReport } from "../../src/lab/summary.ts";
import { createOutput } from "./job.ts";

/** @param mse of the training picture */
function withMeans(rInput: number | null, rTrain: number | null, mse = 0) {
  const { record } = createOutput("a");
  const mean = { rInput, rTrain, gain: 1, mse: 0 };
  const table = { images: [{ ...mean, rTrain: 1, mse }], mean };
  return { ...record, files: {}, metrics: { ...table, displayed: table } } as never;
}

const theirs = {
  study: [
    { run: "one", label: "one", rInput: 0.5, rTrain: 0.25 },
    { run: "two", label: "two", rInput: 0.5, rTrain: 0.25 },
    { run: "absent", label: "absent", rInput: 0.5, rTrain: 0.25 },
    { run: "failed", label: "failed", rInput: 0.5, rTrain: 0.25 },
  ],
};

test("compares runs with the published rows, leaving out what is undefined or did not converge", () => {
  const runs = [
    { experiment: "study", run: "one", record: withMeans(0.75, 0.125) },
    { experiment: "study", run: "two", record: withMeans(0.375, null) },
    { experiment: "other", run: "absent", record: withMeans(1, 1) },
    { experiment: "study", run: "failed", record: withMeans(1, 1, 0.5) },
  ];
  const report = compareWithPublished(runs, theirs);
  expect(report.rows.map(({ difference }) => difference)).toEqual([
    { rInput: 0.25, rTrain: -0.125 },
    { rInput: -0.125, rTrain: null },
    { rInput: null, rTrain: null },
    { rInput: 0.5, rTrain: 0.75 },
  ]);
  expect(report.meanAbsolute).toEqual({ rInput: 0.1875, rTrain: 0.125 });
  expect(formatReport(report)[1]).toMatch(
    /^study\/one +0\.75 +0\.50 +\+0\.25 +0\.13 +0\.25 +−0\.13$/,
  );
  expect(formatReport(report)[4]).toMatch(/^study\/failed .*not converged$/);
});

test("every published row is repeated by a declared run", async () => {
  for (const [id, rows] of Object.entries(published)) {
    const { default: experiment } = await import(`../../experiments/${id}.ts`);
    const names = experiment.runs.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(rows.map(({ run }) => run)));
  }
});
