import { expect, test } from "vitest";
import { excluded } from "./excluded.ts";
import { testFiles } from "./groups.ts";
import { engineNames, runSuite } from "./suite.ts";
import { formatSummary, shareOf, summarise } from "./summary.ts";

/** What tfjs-core 4.22.0 has in these files. */
const testCount = 3025;

test.each(engineNames)("TF.js's own tests pass on %s", async (engineName) => {
  const results = await runSuite(engineName, testFiles);
  const summary = summarise(results, excluded[engineName]);
  console.log(formatSummary(engineName, summary));

  expect(results).toHaveLength(testCount);
  const run = new Set(results.map(({ file }) => file));
  expect(testFiles.filter((file) => !run.has(file))).toEqual([]);
  expect(summary.failures.map(({ file, name }) => `${file}: ${name}`)).toEqual([]);
  expect(summary.stale, "excluded, but these pass or are gone").toEqual([]);
  for (const row of summary.groups) {
    expect(shareOf(row), `share of ${row.group} that passes`).toBeGreaterThanOrEqual(0.95);
  }
});
