import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { formatBar, formatBytes, formatDuration, formatLoss } from "../../src/lab/format.ts";
import { createDisplay } from "../../src/lab/progress.ts";
import { createJob } from "./job.ts";

const job = createJob("long");

/** A display whose text and clock the test holds. */
function createScreen(isTTY: boolean) {
  let text = "";
  let nowMs = 0;
  const output = { isTTY, columns: 60, write: (part: string) => (text += part) };
  const display = createDisplay(new Map([[job.key, 10]]), { output, now: () => nowMs });
  const read = (): string => {
    const said = text;
    text = "";
    return said;
  };
  return { display, read, wait: (seconds: number) => (nowMs += seconds * 1000) };
}

const progress = (step: number) => ({
  type: "progress" as const,
  job,
  progress: { step, steps: 2000, loss: 0.03125 },
});

const summary = { training: { steps: 2000, loss: 0.0288, diverged: null }, bytes: 412_000 };
const done = {
  type: "end" as const,
  job,
  outcome: { status: "done" as const, key: job.key, name: job.name, seconds: 252, summary },
};

describe("without a terminal", () => {
  test("says start and end, and progress every 20 s at most", () => {
    const { display, read, wait } = createScreen(false);
    display.show({ type: "start", job });
    expect(read()).toBe("[start]    train study/long\n");
    wait(10);
    display.show(progress(200));
    expect(read()).toBe("");
    wait(10);
    display.show(progress(400));
    expect(read()).toBe("           study/long: 400/2000, loss 0.0313, 1 min 20 s left\n");
    wait(1);
    display.show(progress(420));
    expect(read()).toBe("");
    display.show(done);
    display.close();
    expect(read()).toBe(
      "[done]     train study/long → 2000 steps, loss 0.0288, 412 kB in 4 min 12 s\n",
    );
  });

  test("says why a run failed, with its last words", () => {
    const { display, read } = createScreen(false);
    display.show({ type: "start", job });
    read();
    const failure = {
      key: job.key,
      name: job.name,
      seconds: 3,
      reason: "no memory",
      log: ["at x"],
    };
    display.show({ type: "end", job, outcome: { status: "failed", ...failure } });
    expect(read()).toBe("[failed]   train study/long → no memory, after 3.0 s\n    at x\n");
  });
});

test("a terminal shows bars, cut to its width, and takes them away", () => {
  const { display, read, wait } = createScreen(true);
  display.show({ type: "start", job });
  wait(60);
  display.show(progress(1000));
  display.show(done);
  const lines = stripVTControlCharacters(read()).split("\n");
  expect(lines.every((line) => line.length < 90)).toBe(true);
  expect(lines.join("\n")).toContain("[done]     train study/long → 2000 steps");
  expect(lines.at(-2)).toContain("████████████████████ 1/1 run");
  display.close();
  expect(read()).toBe("\u001b[1A\u001b[J");
});

test.each([
  [formatDuration(0.42), "0.4 s"],
  [formatDuration(9.97), "10 s"],
  [formatDuration(59.7), "1 min 00 s"],
  [formatDuration(252), "4 min 12 s"],
  [formatDuration(3780), "1 h 03 min"],
  [formatBytes(812), "812 B"],
  [formatBytes(412_345), "412 kB"],
  [formatBytes(999_600), "1.0 MB"],
  [formatLoss(0.03125), "0.0313"],
  [formatLoss(8.512e-5), "8.51e-5"],
  [formatLoss(null), "–"],
  [formatBar(0.5, 4), "██··"],
  [formatBar(7, 2), "██"],
  [formatBar(0.3, 4), "█▎··"],
])("formats %s", (text, expected) => {
  expect(text).toBe(expected);
});
