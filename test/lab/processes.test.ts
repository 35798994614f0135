import { readdir } from "node:fs/promises";
import { expect, test } from "vitest";
import type { NamedStudy } from "../../src/lab/studies.ts";
import { attempt } from "../galleries/failing/experiments/failing/study.ts";
import { makeStudies } from "../galleries/make.ts";
import { leaveTemporary } from "./dead-writer.ts";
import { temporaryFolder } from "./folder.ts";

type Way = Parameters<typeof attempt.run>[0]["way"];

const studyOf = (ways: readonly Way[]): NamedStudy => ({
  id: "ends",
  title: "How processes end",
  tables: { ways: attempt.table({ over: { way: ways }, run: ({ way }) => ({ way }) }) },
});

const keysIn = async (results: string): Promise<string[]> =>
  (await readdir(results)).filter((name) => name !== ".failures");

const reasonsOf = ({ lost, agenda }: Awaited<ReturnType<typeof makeStudies>>) =>
  Object.fromEntries([...lost].map(([key, { reason }]) => [agenda.runs.get(key)!.name, reason]));

test("a process that is killed fails its run and no other, and leaves nothing in the store", async () => {
  const results = await temporaryFolder();
  leaveTemporary(results);
  const made = await makeStudies([studyOf(["crashes", "well"])], results);
  expect(reasonsOf(made)).toEqual({
    "ends/ways/way=crashes": "the process was killed by SIGKILL; memory may have run out",
  });
  expect(await keysIn(results)).toEqual([made.record("ends/ways/way=well")!.key]);
});

test("runs that give no word are told of and ended, and no other", async () => {
  const results = await temporaryFolder();
  // Longer than a process takes to start on a busy machine.
  const made = await makeStudies([studyOf(["spins", "well"])], results, { patienceMs: 8000 });
  expect(reasonsOf(made)).toEqual({
    "ends/ways/way=spins": "nothing was heard of it for 8.0 s: it was ended",
  });
  expect(made.events).toContainEqual(
    expect.objectContaining({ type: "silent", silentMs: 4000, limitMs: 8000 }),
  );
  expect(await keysIn(results)).toHaveLength(1);
});

test("an abort ends what runs, keeps what is finished, and cleans up", async () => {
  const results = await temporaryFolder();
  const controller = new AbortController();
  const reason = new Error("enough");
  let abortedMs = NaN;
  const making = makeStudies([studyOf(["well", "spins", "throws"])], results, {
    signal: controller.signal,
    report: (event) => {
      if (event.type !== "end" || event.made.status !== "done") return;
      abortedMs = performance.now();
      controller.abort(reason);
    },
  });
  await expect(making).rejects.toBe(reason);
  expect(performance.now() - abortedMs).toBeLessThan(2000);
  expect(await keysIn(results)).toHaveLength(1);
});
