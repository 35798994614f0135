import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { explainRun, keepPlan } from "../../src/lab/explain.ts";
import { defineTask, value, z } from "../../src/lab/task.ts";
import { makeStudies, planStudies } from "../galleries/make.ts";

const folder = await mkdtemp(join(tmpdir(), "vitrine-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

async function writeCode(name: string, body: string): Promise<URL> {
  const path = join(folder, `${name}.ts`);
  await writeFile(path, `export default async ({ params, inputs }) => ({ n: ${body} });\n`);
  return pathToFileURL(path);
}

const params = z.strictObject({ n: z.number() });
const outputs = { n: value(z.number()) };

const measure = async (name: string, body: string) =>
  defineTask({ name: "measure", params, outputs, code: await writeCode(name, body) });

describe("tasks of one name in two studies", () => {
  test("are two tasks", async () => {
    const [double, triple] = [
      await measure("double", "2 * params.n"),
      await measure("triple", "3 * params.n"),
    ];
    const studyOf = (id: string, task: typeof double) => ({
      id,
      title: id,
      tables: { t: task.table({ over: { n: [1] }, run: ({ n }) => ({ n }) }) },
    });
    const made = await makeStudies(
      [studyOf("aa", double), studyOf("bb", triple)],
      join(folder, "two"),
    );
    expect(made.record("aa/t/n=1")!.values["n"]).toBe(2);
    expect(made.record("bb/t/n=1")!.values["n"]).toBe(3);
  });

  test("are one run where the code is the same, by either name", async () => {
    const [one, other] = [await measure("same", "params.n"), await measure("same", "params.n")];
    const studies = [one, other].map((task, i) => ({
      id: `s${i}`,
      title: "",
      tables: { t: task.table({ over: { n: [1] }, run: ({ n }) => ({ n }) }) },
    }));
    const agenda = await planStudies(studies, join(folder, "same"));
    expect(agenda.runs.size).toBe(1);
    const explain = (name: string) => explainRun(agenda, join(folder, "same"), name);
    expect(await explain("s1/t/n=1")).toEqual(await explain("s0/t/n=1"));
  });
});

describe("two runs of one task that another reads", () => {
  test("have names of their own, and are explained apart", async () => {
    const one = await measure("one", "params.n");
    const pair = defineTask({
      name: "pair",
      params,
      inputs: ({ n }) => ({ a: one.run({ n }).n, b: one.run({ n: n + 1 }).n }),
      outputs,
      code: await writeCode("pair", "inputs.a + inputs.b"),
    });
    const study = {
      id: "pairs",
      title: "Pairs",
      tables: { t: pair.table({ over: { n: [1] }, run: ({ n }) => ({ n }) }) },
    };
    const results = join(folder, "pairs");
    const { agenda, madeNames } = await makeStudies([study], results);
    expect(madeNames.toSorted()).toEqual([
      "measure (a) for pairs/t/n=1",
      "measure (b) for pairs/t/n=1",
      "pairs/t/n=1",
    ]);
    await keepPlan(results, agenda);
    for (const name of madeNames) {
      expect((await explainRun(agenda, results, name)).at(-1)).toContain(
        "nothing that decides about it has changed",
      );
    }
    await expect(explainRun(agenda, results, "pairs/t/n=2")).rejects.toThrow(
      "no run is called “pairs/t/n=2”",
    );
  });

  test("a changed parameter is told by its path", async () => {
    const task = await measure("plain", "params.n");
    const results = join(folder, "changed");
    const planned = (n: number) =>
      planStudies(
        [{ id: "s", title: "", tables: { t: task.table({ over: {}, run: () => ({ n }) }) } }],
        results,
      );
    await makeStudies([], results);
    await keepPlan(results, await planned(1));
    const lines = await explainRun(await planned(2), results, "s/t");
    expect(lines.at(-1)).toMatch(/params\.n: 1 → 2$/);
  });
});
