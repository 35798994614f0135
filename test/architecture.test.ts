import { cruise } from "dependency-cruiser";
import { createRequire } from "node:module";
import { expect, test } from "vitest";

test("imports follow the layers of the house", async () => {
  const { options, forbidden } = createRequire(import.meta.url)("../.dependency-cruiser.cjs") as {
    options: object;
    forbidden: [];
  };
  const { output } = await cruise(["src", "experiments", "scripts"], {
    ...options,
    ruleSet: { forbidden },
    validate: true,
  });
  const { summary, modules } = output as {
    summary: { violations: { rule: { name: string }; from: string; to: string }[] };
    modules: unknown[];
  };
  expect(modules.length).toBeGreaterThan(50);
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual(
    [],
  );
});
