import { cruise } from "dependency-cruiser";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
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

test("components and pages take types only from the lab", async () => {
  const taking: string[] = [];
  let count = 0;
  for (const entry of await readdir("src", { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (!path.endsWith(".astro")) continue;
    count++;
    const imports = (await readFile(path, "utf8")).match(/^import [^;]+;/gm) ?? [];
    const odd = imports.filter(
      (line) => /["/]lab\//.test(line) && !line.startsWith("import type "),
    );
    taking.push(...odd.map((line) => `${path}: ${line}`));
  }
  expect(count).toBeGreaterThan(30);
  expect(taking).toEqual([]);
});

/** Words of the studies of this gallery: pictures, measures, tables, authors. */
const wordsOfStudies = /rTrain|rInput|cnn-depth|sneaker|Zhang|digit\(7/i;

/** What a data set calls its classes is the data set's. */
const readers = /^src\/lab\/(datasets|readers)\//;

test("the tool names no study", async () => {
  const naming: string[] = [];
  let count = 0;
  for (const folder of ["src", "scripts"]) {
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || readers.test(path)) continue;
      count++;
      const lines = (await readFile(path, "utf8")).split("\n");
      naming.push(
        ...lines.flatMap((line, i) =>
          wordsOfStudies.test(line) ? [`${path}:${i + 1}: ${line}`] : [],
        ),
      );
    }
  }
  expect(count).toBeGreaterThan(150);
  expect(naming).toEqual([]);
});
