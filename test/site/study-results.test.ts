import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { publishStudies } from "../../src/lab/publish-studies.ts";
import { describeAgenda } from "../../src/lab/site-index.ts";
import { groupOver, summarise } from "../../src/site/aggregate.ts";
import { findRun, findRows, findStudy, runsBehind } from "../../src/site/results.ts";
import { experimentsOf, makeStudies } from "../galleries/make.ts";
import { temporaryFolder } from "../lab/folder.ts";

async function publishGallery(gallery: string): Promise<string> {
  const { agenda, lost, store } = await makeStudies(
    experimentsOf(gallery),
    await temporaryFolder(),
  );
  const folder = await temporaryFolder();
  await publishStudies(describeAgenda(agenda, lost, "default"), agenda.runs, store, folder);
  vi.stubEnv("VITRINE_PUBLIC", folder);
  return folder;
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("what pages see of studies", () => {
  test("tables, values, files and the runs behind them", async () => {
    const folder = await publishGallery("chain");
    const { title, tables } = findStudy("chain");
    expect(title).toBe("Lines through a sine");
    expect(tables.map(({ id, axes }) => [id, axes.map(({ name }) => name)])).toEqual([
      ["fits", ["degree", "seed"]],
      ["drawings", ["degree"]],
    ]);
    const rows = findRows("chain", "fits", { degree: 1 });
    expect(rows.map(({ label }) => label)).toEqual([
      "degree 1, seed 1",
      "degree 1, seed 2",
      "degree 1, seed 3",
    ]);
    const { out } = rows[0]!;
    expect(out["parameters"]!.value).toHaveLength(2);
    expect(out["curve"]!.table!["x"]).toHaveLength(20);
    expect(existsSync(join(folder, out["curve"]!.href!))).toBe(true);
    const [{ input, run } = expect.fail()] = runsBehind(rows[0]!);
    expect([input, run.task, run.status]).toEqual(["points", "sample", "done"]);
    expect(findRun(run.key).out["points"]!.arrays["x"]).toMatchObject({ shape: [20], sheet: null });
    expect(groupOver(findRows("chain", "fits")).map(({ id, rows }) => [id, rows.length])).toEqual([
      ["degree=0", 3],
      ["degree=1", 3],
    ]);
  });

  test("an address that means nothing is answered with what there is", async () => {
    await publishGallery("chain");
    expect(() => findRows("chian", "fits")).toThrow("unknown study “chian”; did you mean “chain”?");
    expect(() => findRows("chain", "fit")).toThrow("did you mean “fits”?");
    expect(() => findRows("chain", "fits", { degre: 1 })).toThrow("did you mean “degree”?");
    expect(() => findRows("chain", "fits", { degree: 7 })).toThrow("unknown value of “degree”");
  });

  test("runs without a result say why", async () => {
    await publishGallery("failing");
    const rows = findRows("failing", "attempts");
    expect(rows.map(({ status }) => status)).toEqual([
      "done",
      "failed",
      "failed",
      "failed",
      "failed",
      "failed",
      "stopped",
    ]);
    expect(rows[1]!.reason).toBe("the dice fell off the table");
  });
});

test("bands: the range of a few numbers, the standard deviation of more", () => {
  expect(summarise([])).toBeNull();
  expect(summarise([3, 1, 2])).toEqual({ mean: 2, low: 1, high: 3, n: 3 });
  // numpy: np.std([1, 2, 3, 4, 5, 6], ddof=1)
  expect(summarise([1, 2, 3, 4, 5, 6])!.high).toBeCloseTo(3.5 + 1.8708286933869707, 12);
});
