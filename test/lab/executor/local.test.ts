import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test, vi } from "vitest";
import type { RunEvent } from "../../../src/lab/executor/executor.ts";
import { createLocalExecutor } from "../../../src/lab/executor/local.ts";
import { openStore } from "../../../src/lab/store/store.ts";
import { leaveTemporary } from "../dead-writer.ts";
import { temporaryFolder } from "../folder.ts";
import { createJob } from "../job.ts";

// Starting processes takes its time on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const worker = fileURLToPath(new URL("workers/scripted.ts", import.meta.url));
const parent = fileURLToPath(new URL("workers/parent.ts", import.meta.url));

const never = new AbortController().signal;

const task = (key: string) => ({ job: createJob(key), replace: false });

async function createExecutor(jobs: number, patienceMs = 60_000) {
  const directory = await temporaryFolder();
  const store = await openStore(directory);
  const executor = createLocalExecutor({ store: directory, jobs, worker, patienceMs });
  return { directory, store, executor };
}

/** Whether a process is gone within three seconds. */
async function hasEnded(pid: number): Promise<boolean> {
  for (let waitedMs = 0; waitedMs < 3000; waitedMs += 50) {
    const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
    if (status === null || status.includes(") Z ")) return true;
    await sleep(50);
  }
  return false;
}

describe("execute", () => {
  test("puts results into the store and reports what happens", async () => {
    const { store, executor } = await createExecutor(2);
    const events: RunEvent[] = [];
    const outcomes = await executor.execute(
      ["a", "b", "c"].map(task),
      (event) => events.push(event),
      never,
    );
    expect(outcomes.map(({ key, status }) => `${key} ${status}`).sort()).toEqual([
      "a done",
      "b done",
      "c done",
    ]);
    expect(outcomes[0]).toMatchObject({
      summary: { training: { steps: 2, loss: 0.25, diverged: null } },
    });
    expect(await store.read("c")).toMatchObject({ state: "whole" });
    const ofA = events.filter(({ job }) => job.key === "a").map(({ type }) => type);
    expect(ofA).toEqual(["start", "progress", "progress", "end"]);
  });

  test("a run that fails ends no other, and says why", async () => {
    const { directory, executor } = await createExecutor(2);
    const tasks = ["throw", "exit", "crash", "a"].map(task);
    const outcomes = await executor.execute(tasks, () => {}, never);
    const byKey = Object.fromEntries(outcomes.map((outcome) => [outcome.key, outcome]));
    expect(byKey["a"]!.status).toBe("done");
    expect(byKey["throw"]).toMatchObject({ status: "failed", reason: "the matrix is singular" });
    expect(byKey["exit"]).toMatchObject({
      reason: "the process ended with code 3 before it was done",
      log: ["first line", "last line"],
    });
    expect(byKey["crash"]).toMatchObject({
      reason: "the process was killed by SIGKILL; memory may have run out",
    });
    expect(await readdir(directory)).toEqual(["a"]);
  });

  test("runs that give no word are told of and ended, and no other", async () => {
    // Longer than a process takes to start on a busy machine.
    const { directory, executor } = await createExecutor(2, 6000);
    const told: RunEvent[] = [];
    const report = (event: RunEvent): void => void (event.type === "silent" && told.push(event));
    const outcomes = await executor.execute(["hang", "spin", "a"].map(task), report, never);
    const silent = { reason: "nothing was heard of it for 6.0 s: it was ended", status: "failed" };
    const byKey = Object.fromEntries(outcomes.map((outcome) => [outcome.key, outcome]));
    expect(byKey).toMatchObject({ hang: silent, spin: silent, a: { status: "done" } });
    expect(told).toHaveLength(2);
    expect(told[0]).toMatchObject({ silentMs: 3000, limitMs: 6000 });
    expect(await readdir(directory)).toEqual(["a"]);
  });

  test("a worker that does not load fails its run", async () => {
    const store = await temporaryFolder();
    const executor = createLocalExecutor({ store, worker: join(store, "absent.ts") });
    const [outcome] = await executor.execute([task("a")], () => {}, never);
    expect(outcome).toMatchObject({ status: "failed" });
    expect(outcome!.status === "failed" && outcome!.log.join()).toContain("Cannot find module");
  });

  test("stops all runs when aborted, keeps finished ones, and cleans up", async () => {
    const { directory, executor } = await createExecutor(2);
    const controller = new AbortController();
    const reason = new Error("enough");
    const started = performance.now();
    const execution = executor.execute(
      ["a", "sleep-1", "sleep-2", "sleep-3"].map(task),
      ({ type, job }) => {
        if (type === "progress" && job.key === "sleep-2") controller.abort(reason);
      },
      controller.signal,
    );
    await expect(execution).rejects.toBe(reason);
    expect(performance.now() - started).toBeLessThan(5000);
    expect(await readdir(directory)).toEqual(["a"]);
  });

  test("clears what a killed writer left", async () => {
    const { directory, executor } = await createExecutor(1);
    leaveTemporary(directory);
    await executor.execute([task("crash")], () => {}, never);
    expect(await readdir(directory)).toEqual([]);
  });
});

const onLinux = test.skipIf(process.platform !== "linux");

onLinux.each(["block", "spin"])("workers (%s) end when their parent is killed", async (key) => {
  const store = await temporaryFolder();
  const child = spawn(process.execPath, [parent, store, worker, key], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(child.stdout, "data");
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, "utf8");
  const pids = children.trim().split(" ").map(Number);
  expect(pids).toHaveLength(1);
  child.kill("SIGKILL");
  expect(await hasEnded(pids[0]!)).toBe(true);
  expect(await readdir(store)).toEqual([]);
});
