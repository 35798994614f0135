import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Plan, PlannedJob } from "../../src/lab/plan.ts";
import { publish } from "../../src/lab/publish.ts";
import { openStore } from "../../src/lab/store/store.ts";
import { temporaryFolder } from "./folder.ts";
import { createJob, createOutput, trainSpec } from "./job.ts";

const spec = trainSpec();

type Shown = Record<string, { keys: string[]; publish?: ("layers" | "weights")[] }>;

/** A store with three runs, of which the third diverged, and plans of which runs to show. */
async function createGallery() {
  const folder = await temporaryFolder();
  const store = await openStore(join(folder, "results"));
  const records = {
    a: await store.commit("a", createOutput("a")),
    b: await store.commit("b", createOutput("b")),
    c: await store.commit("c", createOutput("c", { reason: "loss became NaN" })),
  };
  const planJob = (key: string): PlannedJob => {
    const record = key in records ? records[key as keyof typeof records] : null;
    return {
      job: createJob(key, spec),
      status: key === "c" ? "diverged" : record ? "fresh" : "missing",
      reason: key === "c" ? "loss became NaN" : record ? null : "not trained yet",
      record,
      due: false,
      selected: true,
      replace: false,
      cost: 1,
    };
  };
  const show = (shown: Shown) => {
    const keys = [...new Set(Object.values(shown).flatMap((experiment) => experiment.keys))];
    const plan: Plan = {
      profile: "default",
      engine: "cpu-1",
      datasets: [],
      jobs: keys.map(planJob),
      experiments: Object.entries(shown).map(([id, { keys, publish = [] }]) => ({
        id,
        title: id,
        publish,
        runs: keys.map((key) => ({ name: `run-${key}`, key, spec })),
      })),
    };
    return publish(plan, store, join(folder, "public"));
  };
  const runs = join(folder, "public", "runs");
  const list = async (path = ""): Promise<string[]> => (await readdir(join(runs, path))).sort();
  return { folder, runs, show, list };
}

describe("publish", () => {
  test("lays out the runs that are shown, and no older ones", async () => {
    const { folder, show, list } = await createGallery();
    await show({ first: { keys: ["a", "b"] } });
    expect(await list()).toEqual(["a", "b", "index.json"]);
    await show({ first: { keys: ["b"] } });
    expect(await list()).toEqual(["b", "index.json"]);
    expect(await readdir(join(folder, "public"))).toEqual(["runs"]);
  });

  test("adds layers and weights only where an experiment of the run asks", async () => {
    const { runs, show, list } = await createGallery();
    const common = ["arrays.npz", "inputs.png", "predictions.png", "run.json"];
    await show({
      plain: { keys: ["a", "b", "c"] },
      layered: { keys: ["a"], publish: ["layers"] },
      weighty: { keys: ["b"], publish: ["weights"] },
    });
    expect(await list("a")).toEqual([...common, "layers.png"].sort());
    expect(await list("b")).toEqual([...common, "model.onnx"].sort());
    expect(await list("c")).toEqual(common);
    const record = JSON.parse(await readFile(join(runs, "a", "run.json"), "utf8"));
    expect(Object.keys(record.files)).not.toContain("model.onnx");
    expect(Object.keys(record.files)).toContain("layers.png");
  });

  test("says in the index what is there and why something is not", async () => {
    const { runs, show } = await createGallery();
    const index = await show({ study: { keys: ["a", "c", "d"] } });
    expect(index.experiments[0]!.runs).toEqual([
      { name: "run-a", key: "a", status: "done", reason: null, spec },
      { name: "run-c", key: "c", status: "diverged", reason: "loss became NaN", spec },
      { name: "run-d", key: null, status: "missing", reason: "not trained yet", spec },
    ]);
    expect(JSON.parse(await readFile(join(runs, "index.json"), "utf8"))).toEqual(index);
  });

  test("keeps the old layout when it fails", async () => {
    const { folder, runs, show, list } = await createGallery();
    await show({ study: { keys: ["a"] } });
    const before = await readFile(join(runs, "index.json"), "utf8");
    await rm(join(folder, "results", "b", "arrays.npz"));
    await expect(show({ study: { keys: ["b"] } })).rejects.toThrow("ENOENT");
    expect(await readFile(join(runs, "index.json"), "utf8")).toBe(before);
    expect(await list()).toEqual(["a", "index.json"]);
    expect(await readdir(join(folder, "public"))).toEqual(["runs"]);
  });
});
