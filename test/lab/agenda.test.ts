import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { file } from "../../src/lab/data.ts";
import { explainChanges, explainRun, keepPlan } from "../../src/lab/explain.ts";
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
    await expect(explainRun(agenda, results, "pairs/t/n=2")).rejects.toMatchObject({
      message: "no run is called “pairs/t/n=2”",
      hint: "did you mean “pairs/t/n=1”?",
    });
    for (const half of ["pairs", "pairs/t/"]) {
      await expect(explainRun(agenda, results, half)).rejects.toMatchObject({
        hint: "did you mean “pairs/t/n=1”?",
      });
    }
  });

  test("a changed parameter is told by its path", async () => {
    const task = await measure("plain", "params.n");
    const results = join(folder, "changed");
    const planned = (n: number) =>
      planStudies(
        [{ id: "s", title: "", tables: { t: task.table({ over: {}, run: () => ({ n }) }) } }],
        results,
      );
    await mkdir(results);
    await keepPlan(results, await planned(1));
    const lines = await explainRun(await planned(2), results, "s/t");
    expect(lines.at(-1)).toMatch(/params\.n: 1 → 2$/);
  });
});

describe("why runs are to be made anew", () => {
  /** Runs that read a file and, a step further, its length. */
  async function studyOf(name: string, numbers: readonly number[]) {
    const text = join(folder, `${name}.txt`);
    const code = await writeCode(`${name}-length`, "inputs.text.length");
    const length = defineTask({
      name: "length",
      params,
      inputs: () => ({ text: file(text) }),
      outputs,
      code,
    });
    const sum = defineTask({
      name: "sum",
      params: z.strictObject({ numbers: z.array(z.number()) }),
      inputs: ({ numbers }) => ({ all: numbers.map((n) => length.run({ n }).n) }),
      outputs,
      code: await writeCode(`${name}-sum`, "inputs.all.reduce((sum, n) => sum + n, 0)"),
    });
    const twice = defineTask({
      name: "twice",
      params: sum.params,
      inputs: (params) => ({ sum: sum.run(params).n }),
      outputs,
      code: await writeCode(`${name}-twice`, "2 * inputs.sum"),
    });
    const tables = { t: twice.table({ over: {}, run: () => ({ numbers: [...numbers] }) }) };
    return { text, code, study: { id: "s", title: "", tables } };
  }

  /** The reasons by the names of runs, after something was changed. */
  async function changesAfter(
    name: string,
    change: (made: Awaited<ReturnType<typeof studyOf>>) => Promise<unknown>,
    numbers = [1, 2],
  ) {
    const made = await studyOf(name, [1, 2]);
    await writeFile(made.text, "four");
    const results = join(folder, `${name}-results`);
    const { agenda } = await makeStudies([made.study], results);
    await keepPlan(results, agenda);
    expect(await explainChanges(await planStudies([made.study], results), results)).toEqual(
      new Map(),
    );
    const { study } = await studyOf(name, numbers);
    await change(made);
    const later = await planStudies([study], results);
    const changes = await explainChanges(later, results);
    return Object.fromEntries([...changes].map(([key, why]) => [later.runs.get(key)!.name, why]));
  }

  test("data: the runs that read them, and those behind", async () => {
    const reads = "inputs.text: the data changed, ";
    const [first, second, ...rest] = ["all.1", "all.2"].map(
      (input) => `length (${input}) for sum for s/t`,
    );
    expect(rest).toEqual([]);
    expect(await changesAfter("data", ({ text }) => writeFile(text, "three"))).toEqual({
      [first!]: expect.stringContaining(reads),
      [second!]: expect.stringContaining(reads),
      "sum for s/t": expect.stringMatching(
        /^reads length \(all\.1\) for sum for s\/t \(inputs\.text: the data changed, .*\), and 1 more$/,
      ),
      "s/t": expect.stringContaining(`reads ${first} (${reads}`),
    });
  });

  test("code: the file, and the run whose code it is", async () => {
    const changes = await changesAfter("code", ({ code }) =>
      writeFile(code, "export default async () => ({ n: 7 });"),
    );
    expect(changes["length (all.1) for sum for s/t"]).toMatch(
      /^code: changed in \S*code-length\.ts$/,
    );
    expect(changes["s/t"]).toMatch(/^reads length .* \(code: changed in \S*\), and 1 more$/);
  });

  test("parameters: first, with what they make a run read", async () => {
    const changes = await changesAfter("fewer", () => Promise.resolve(), [1]);
    expect(changes["sum for s/t"]).toBe("params.numbers.1: 2 → nothing, and 1 more");
    expect(changes["s/t"]).toBe("params.numbers.1: 2 → nothing, and 2 more");
  });
});
