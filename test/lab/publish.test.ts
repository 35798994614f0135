import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { markerName } from "../../src/folders.ts";
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
  const show = (shown: Shown, change: (job: PlannedJob) => PlannedJob = (job) => job) => {
    const keys = [...new Set(Object.values(shown).flatMap((experiment) => experiment.keys))];
    const plan: Plan = {
      profile: "default",
      engine: "cpu-1",
      datasets: [],
      jobs: keys.map(planJob).map(change),
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
  const list = async (path = ""): Promise<string[]> =>
    (await readdir(join(runs, path))).filter((name) => name !== markerName).sort();
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

  test.each(["arrays.npz", "model.onnx"])("finds a flip after planning, in %s", async (name) => {
    const { folder, runs, show } = await createGallery();
    await show({ study: { keys: ["a"] } });
    const before = await readFile(join(runs, "index.json"), "utf8");
    const path = join(folder, "results", "b", name);
    const bytes = await readFile(path);
    bytes[2]! ^= 1;
    await writeFile(path, bytes);
    const shown = show({ study: { keys: ["b"], publish: ["weights"] } });
    await expect(shown).rejects.toMatchObject({
      name: "UserError",
      message: `${path} does not match its checksum, nothing is published`,
    });
    expect(await readFile(join(runs, "index.json"), "utf8")).toBe(before);
    expect(await readdir(join(folder, "public"))).toEqual(["runs"]);
  });

  test("copies no file whose name leaves the folder", async () => {
    const { folder, show } = await createGallery();
    await writeFile(join(folder, "results", "known.txt"), "arrays of a");
    const shown = show({ study: { keys: ["a"] } }, (planned) => {
      const { "arrays.npz": entry } = planned.record!.files;
      const record = { ...planned.record!, files: { "../../../known.txt": entry! } };
      return { ...planned, record };
    });
    await expect(shown).rejects.toThrow(
      "names a file “../../../known.txt”, which is no plain name",
    );
    expect(await readdir(folder)).not.toContain("known.txt");
    expect(await readdir(join(folder, "public"))).toEqual([]);
  });

  test("shows reasons without places", async () => {
    const { folder, runs, show } = await createGallery();
    const reason = `failed: ENOSPC: no space left on device, write '${folder}/results/x.npz'`;
    await show({ study: { keys: ["d"] } }, (planned) => ({ ...planned, reason }));
    const index = await readFile(join(runs, "index.json"), "utf8");
    expect(index).toContain("failed: ENOSPC: no space left on device, write 'x.npz'");
    expect(index).not.toContain(folder);
  });

  test("leaves a folder runs/ that somebody else made", async () => {
    const { folder, runs, show } = await createGallery();
    await mkdir(runs, { recursive: true });
    await writeFile(join(runs, "marathon.gpx"), "");
    await expect(show({ study: { keys: ["a"] } })).rejects.toThrow(`${runs} holds files that`);
    expect(await readdir(runs)).toEqual(["marathon.gpx"]);
    expect(await readdir(join(folder, "public"))).toEqual(["runs"]);
  });
});
