import { execFileSync } from "node:child_process";
import { cp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readFailures, recallLost } from "../../src/lab/kept-failures.ts";
import { experimentsOf, makeStudies, planStudies } from "../galleries/make.ts";
import { temporaryFolder } from "./folder.ts";

const root = new URL("../../", import.meta.url).pathname;

/** A copy of a gallery's studies that a test may edit, where imports of the library resolve. */
async function copyOf(gallery: string): Promise<string> {
  const folder = await temporaryFolder(join(root, ".cache"));
  await cp(experimentsOf(gallery), folder, { recursive: true });
  return folder;
}

async function edit(path: string, from: string, to: string): Promise<void> {
  const text = await readFile(path, "utf8");
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
}

describe("a chain of tasks", () => {
  test("is made once, each run after what it reads, and then reused", async () => {
    const results = await temporaryFolder();
    const first = await makeStudies(experimentsOf("chain"), results);
    expect(first.lost.size).toBe(0);
    expect(first.madeCount).toBe(11);
    const order = first.madeNames;
    expect(order.indexOf("sample for chain/fits/degree=0/seed=1")).toBeLessThan(
      order.indexOf("chain/drawings/degree=constant"),
    );
    const fit = first.record("chain/fits/degree=1/seed=1")!;
    expect(fit.values["parameters"]).toHaveLength(2);
    const sample = first.record("sample for chain/fits/degree=0/seed=1")!;
    expect(fit.inputs["points"]).toEqual({
      run: sample.key,
      output: "points",
      sha256: sample.files["points.npz"]!.sha256,
    });
    const again = await makeStudies(experimentsOf("chain"), results);
    expect(again.madeCount).toBe(0);
  });

  test("a selection takes along what it depends on, and nothing else", async () => {
    const results = await temporaryFolder();
    const made = await makeStudies(experimentsOf("chain"), results, {
      only: ["chain/drawings/degree=line"],
    });
    expect(made.madeNames).toEqual([
      "sample for chain/fits/degree=0/seed=1",
      "chain/fits/degree=1/seed=1",
      "chain/drawings/degree=line",
    ]);
  });

  test("a changed drawing remakes drawings, a comment nothing, a changed fit what follows", async () => {
    const experiments = await copyOf("chain");
    const results = await temporaryFolder();
    await makeStudies(experiments, results);
    const draw = join(experiments, "chain/draw.ts");
    await edit(draw, "const run", "// Of no consequence.\nconst run");
    expect((await makeStudies(experiments, results)).madeCount).toBe(0);
    await edit(draw, ".03", ".04");
    expect((await makeStudies(experiments, results)).madeNames.sort()).toEqual([
      "chain/drawings/degree=constant",
      "chain/drawings/degree=line",
    ]);
    await edit(join(experiments, "chain/fit.ts"), "centreY - slope", "centreY + 1 - slope");
    expect((await makeStudies(experiments, results)).madeCount).toBe(8);
  });

  test("a result whose origin was replaced by another is stale", async () => {
    const results = await temporaryFolder();
    const { store, record } = await makeStudies(experimentsOf("chain"), results);
    const sample = record("sample for chain/fits/degree=0/seed=2")!;
    const { files: _, ...rest } = sample;
    const bytes = await readFile(
      join(store.path(record("sample for chain/fits/degree=0/seed=3")!.key), "points.npz"),
    );
    await store.commit(
      sample.key,
      { record: rest, files: { "points.npz": bytes } },
      { replace: true },
    );
    const { runs } = await planStudies(experimentsOf("chain"), results);
    const due = [...runs.values()].filter(({ due }) => due);
    expect(due.map(({ name, reason }) => [name, reason])).toEqual(
      ["chain/fits/degree=0/seed=2", "chain/fits/degree=1/seed=2"].map((name) => [
        name,
        "made from an earlier result of sample for chain/fits/degree=0/seed=2",
      ]),
    );
  });
});

describe("runs that fail", () => {
  test("say why, stop only what needs them, and are tried again", async () => {
    const results = await temporaryFolder();
    const { lost, agenda, record } = await makeStudies(experimentsOf("failing"), results);
    const reasons = Object.fromEntries(
      [...lost].map(([key, { status, reason }]) => [agenda.runs.get(key)!.name, [status, reason]]),
    );
    expect(reasons).toEqual({
      "failing/attempts/way=throws": ["failed", "the dice fell off the table"],
      "failing/attempts/way=exits": ["failed", "the process ended with code 3 before it was done"],
      "failing/attempts/way=mistypes": [
        "failed",
        expect.stringMatching(/the output “number” \(number.json\): .*expected number/),
      ],
      "failing/attempts/way=omits": ["failed", "the output “number” (number.json) is missing"],
      "failing/attempts/way=invents": [
        "failed",
        "the code returns an output “colour” that the task does not declare",
      ],
      "failing/doubles/way=throws": [
        "blocked",
        "it needs failing/attempts/way=throws, which has no result",
      ],
      "failing/doubles/way=stops": [
        "failed",
        "the run that the input “number” comes from did not yield it",
      ],
    });
    expect(record("failing/attempts/way=stops")).toMatchObject({
      status: "stopped",
      reason: "the dice stood on edge",
    });
    expect(record("failing/doubles/way=well")!.values).toEqual({ double: 2 });
    const exits = [...lost.values()].find(({ reason }) => reason.includes("code 3"));
    expect(exits).toMatchObject({ log: ["last words"] });
    const later = await planStudies(experimentsOf("failing"), results, {
      only: ["failing/doubles"],
    });
    expect(recallLost(later, await readFailures(results))).toEqual(lost);
    expect((await makeStudies(experimentsOf("failing"), results)).madeCount).toBe(6);
  });
});

const hasPython = (() => {
  try {
    execFileSync("python3", ["--version"]);
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!hasPython)("commands (python3 is needed)", () => {
  test("yield what modules do, and report their progress", async () => {
    const results = await temporaryFolder();
    const { lost, record, events } = await makeStudies(experimentsOf("command"), results);
    expect(lost).toEqual(new Map());
    const run = record("darts/darts/darts=1000/seed=1")!;
    expect(run.values["estimate"]).toBeCloseTo(Math.PI, 0);
    expect(run.provenance.command).toEqual({
      argv: ["python3", "darts.py"],
      version: expect.stringMatching(/^Python 3\./),
      passed: {},
    });
    expect(run.outputs["landed"]!.arrays!["darts"]).toMatchObject({
      shape: [1000, 2],
      dtype: "<f4",
    });
    expect(record("darts/errors/seed=1")!.values["error"]).toBeLessThan(0.3);
    expect(events).toContainEqual(
      expect.objectContaining({ type: "progress", progress: { step: 1000, steps: 1000 } }),
    );
  });

  test.each([
    ['raise SystemExit("no darts")', "python3 darts.py ended with exit code 1", "no darts"],
    ["import os; os.kill(os.getpid(), 9)", "python3 darts.py was killed by SIGKILL", ""],
    ['open("outputs/estimate.json", "w").write("NaN")', "is not JSON", ""],
    ['open("/etc/hostname"); open("secret.txt")', "ended with exit code 1", "secret.txt"],
    ["import time; time.sleep(60)", "took longer than 1 s and was killed", ""],
  ])("fail with reasons: %s", async (line, reason, said) => {
    const experiments = await copyOf("command");
    await writeFile(join(experiments, "darts/darts.py"), `${line}\n`);
    await edit(
      join(experiments, "darts/study.ts"),
      '["darts.py"] }',
      '["darts.py"], limitSeconds: 1 }',
    );
    const { lost } = await makeStudies(experiments, await temporaryFolder(), {
      only: ["darts/darts/darts=100/seed=1"],
    });
    const [failure] = [...lost.values()];
    expect(failure).toMatchObject({ status: "failed", reason: expect.stringContaining(reason) });
    if (failure?.status === "failed") expect(failure.log.join("\n")).toContain(said);
  });
});
