import { afterEach, expect, test, vi } from "vitest";
import { publishStudies } from "../../src/lab/publish-studies.ts";
import { describeAgenda } from "../../src/lab/site-index.ts";
import { defineTask, value, z } from "../../src/lab/task.ts";
import { plotLines } from "../../src/plots/lines.ts";
import { plotScatter } from "../../src/plots/scatter.ts";
import { bars } from "../../src/site/bars.ts";
import { curves } from "../../src/site/curves.ts";
import { runTable } from "../../src/site/number-table.ts";
import { scatter } from "../../src/site/scatter.ts";
import { select } from "../../src/site/selection.ts";
import { describeAxes } from "../../src/site/study-words.ts";
import { readValue } from "../../src/site/value.ts";
import { makeStudies, planStudies } from "../galleries/make.ts";
import { temporaryFolder } from "../lab/folder.ts";

const declaration = {
  name: "spread",
  params: z.strictObject({ size: z.number() }),
  code: new URL("spread.ts", import.meta.url),
};

const plain = defineTask({
  ...declaration,
  outputs: {
    norm: value(z.number()),
    parts: value(z.strictObject({ small: z.number(), large: z.number() })),
  },
});

const scaled = defineTask({
  ...declaration,
  outputs: {
    norm: value(z.number(), { label: "norm of it all", unit: "m", log: true }),
    parts: value(z.strictObject({ small: z.number(), large: z.number() }), {
      fields: { large: { label: "the large part", log: true, better: "lower" } },
    }),
  },
});

const over = { size: [1, 100, 10_000] };
const run = ({ size }: { size: number }) => ({ size });
const studyOf = (table: ReturnType<typeof plain.table>) => ({
  id: "spreads",
  title: "Spreads",
  tables: { sizes: table },
});

const described = studyOf(
  scaled.table({ over, axes: { size: { label: "units", log: true } }, run }) as never,
);

afterEach(() => vi.unstubAllEnvs());

test("scales and names that a study declares are those of its plots", async () => {
  const { agenda, lost, store } = await makeStudies([described], await temporaryFolder());
  expect(lost).toEqual(new Map());
  const folder = await temporaryFolder();
  await publishStudies(describeAgenda(agenda, lost, "default"), agenda.runs, store, folder);
  vi.stubEnv("VITRINE_PUBLIC", folder);
  const selection = select("spreads", "sizes");

  const plots = curves(selection, { x: "size" }).map(({ data }) => plotLines(data));
  expect(plots).toHaveLength(3);
  expect(plots[0]).toContain("norm of it all (m), log axis");
  expect(plots[1]).toContain("small");
  expect(plots[1]).not.toContain("small, log axis");
  expect(plots[2]).toContain("the large part, log axis");
  for (const plot of plots) expect(plot).toContain("units, log axis");

  const points = plotScatter(scatter(selection, { x: "size", y: "norm" }));
  expect(points).toContain("units, log axis");
  expect(points).toContain("norm of it all (m), log axis");
  expect(runTable(selection)).toMatchObject({
    heads: ["units"],
    columns: ["norm of it all (m)", "small", "the large part"],
  });
  expect(describeAxes(selection.table)).toBe("units 1, 100, 10000");
});

test("runs that repeat one another have a mean, whatever their axis is called", async () => {
  const folds = plain.table({
    over: { size: [1, 100], fold: [1, 2, 3] },
    axes: { fold: { repeats: true } },
    run: ({ size, fold }) => ({ size: size * fold }),
  });
  const study = studyOf(folds as never);
  const { agenda, lost, store } = await makeStudies([study], await temporaryFolder());
  const folder = await temporaryFolder();
  await publishStudies(describeAgenda(agenda, lost, "default"), agenda.runs, store, folder);
  vi.stubEnv("VITRINE_PUBLIC", folder);
  const selection = select("spreads", "sizes/norm");

  const format = { percent: false };
  expect(readValue("spreads", "sizes/size=1/norm", format)).toMatchObject({ value: 14 / 3, n: 3 });
  expect(bars(selection).bars).toMatchObject([
    { name: "size 1", values: [1, 4, 9], mean: 14 / 3 },
    { name: "size 100", values: [10_000, 40_000, 90_000] },
  ]);
  const [plot] = curves(selection, { x: "size" });
  expect(plot!.data.lines).toHaveLength(1);
  expect(plot!.data.lines[0]!.band[0]).toEqual({ x: 1, mean: 14 / 3, low: 1, high: 9 });
  expect(runTable(selection).rows).toHaveLength(2);
  expect(describeAxes(selection.table)).toBe("size 1, 100 · 3 folds");
});

test("scales and names decide about no result", async () => {
  const results = await temporaryFolder();
  const keys = async (study: typeof described) => [
    ...(await planStudies([study], results)).runs.keys(),
  ];
  expect(await keys(described)).toEqual(await keys(studyOf(plain.table({ over, run }))));
});

test("a logarithmic axis is one of positive numbers, and of the table", () => {
  const declare = (sizes: number[], axes: object) => () =>
    plain.table({ over: { size: sizes }, axes, run });
  expect(declare([0, 1], { size: { log: true } })).toThrow(
    "axis “size” is declared logarithmic and has the value 0",
  );
  expect(declare([1, 2], { sise: { log: true } })).toThrow("“sise”, which is no axis of the table");
});
