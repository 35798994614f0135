import { stripVTControlCharacters } from "node:util";
import { afterEach, describe, expect, test, vi } from "vitest";
import { createDisplay, type Display } from "../../src/lab/display.ts";
import type { Made } from "../../src/lab/make-run.ts";
import type { RunEvent } from "../../src/lab/make-runs.ts";
import { experimentsOf, makeStudies } from "../galleries/make.ts";
import { temporaryFolder } from "./folder.ts";

/** A terminal as far as the display needs one: it goes up lines and clears what is below. */
function createTerminal(columns: number, isTTY = true) {
  const screen: string[] = [""];
  let row = 0;
  const write = (text: string): void => {
    for (const [part] of text.matchAll(/\x1b\[\d+A|\x1b\[J|\n|(?:(?!\x1b\[(?:\d+A|J))[^\n])+/g)) {
      const up = /^\x1b\[(\d+)A$/.exec(part);
      if (up) row -= Number(up[1]);
      else if (part === "\x1b[J") screen.splice(row, Infinity, "");
      else if (part === "\n") screen[++row] ??= "";
      else screen[row] += part;
    }
  };
  return {
    output: { write, isTTY, columns },
    lines: () => screen.map(stripVTControlCharacters).slice(0, -1),
  };
}

/** A display with a clock of its own, and what happens to two runs of which one reads the other. */
async function stage(terminal: ReturnType<typeof createTerminal>) {
  const { events, agenda } = await makeStudies(experimentsOf("chain"), await temporaryFolder(), {
    only: ["chain/fits/degree=0/seed=1"],
  });
  const [sample, fit] = events.filter((event) => event.type === "end");
  const clock = { ms: 0 };
  const costs = new Map([
    [sample!.run.run.key, 1],
    [fit!.run.run.key, 3],
  ]);
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  const display = createDisplay(costs, { output: terminal.output, now: () => clock.ms });
  const end = (event: RunEvent | undefined, seconds: number): RunEvent => ({
    ...(event as Extract<RunEvent, { type: "end" }>),
    seconds,
  });
  return { display, clock, agenda, sample: end(sample, 2), fit: end(fit, 8) };
}

const start = ({ run }: RunEvent): RunEvent => ({ type: "start", run });
const progress = ({ run }: RunEvent, step: number, steps: number, loss?: number): RunEvent => ({
  type: "progress",
  run,
  progress: { step, steps, ...(loss === undefined ? {} : { loss }) },
});

let shown: Display | undefined;
afterEach(() => {
  shown?.close();
  vi.useRealTimers();
});

describe("on a terminal", () => {
  test("every run has a bar while it is made, and a line that stays when it ends", async () => {
    const terminal = createTerminal(90);
    const { display, clock, sample, fit } = await stage(terminal);
    shown = display;
    display.show(start(sample));
    vi.advanceTimersByTime(100);
    const name = "sample for chain/fits/degree=0/seed=1";
    expect(terminal.lines()).toEqual([
      `  ${name} ···················· running`,
      `  ${"all".padEnd(name.length)} ···················· 0/2 runs`,
    ]);
    clock.ms = 2000;
    display.show(sample);
    display.show(start(fit));
    clock.ms = 4000;
    display.show(progress(fit, 50, 200, 0.03125));
    vi.advanceTimersByTime(100);
    expect(terminal.lines()).toEqual([
      expect.stringMatching(/^\[done\] {5}sample for chain\/fits\S* → \d+ B in 2\.0 s$/),
      "  fit chain/fits/degree=0/seed=1 █████··············· 50/200, loss 0.0313, 6.0 s left",
      `  ${"all".padEnd(30)} ████████▊··········· 1/2 runs, 5.1 s left`,
    ]);
    clock.ms = 10_000;
    display.show(fit);
    display.close();
    expect(terminal.lines()).toEqual([
      expect.stringContaining("[done]     sample for"),
      expect.stringMatching(/^\[done\] {5}fit chain\/fits\/degree=0\/seed=1 → .* in 8\.0 s$/),
    ]);
  });

  test("bars stay as they are between two drawings, and fit into narrow windows", async () => {
    const terminal = createTerminal(40);
    const { display, sample, fit } = await stage(terminal);
    shown = display;
    display.show(start(sample));
    display.show(progress(sample, 1, 2, 1));
    expect(terminal.lines()).toEqual([]);
    display.show(start(fit));
    vi.advanceTimersByTime(1000);
    expect(terminal.lines()).toHaveLength(3);
    for (const line of terminal.lines()) expect(line).toMatch(/^.{38}…$/);
  });

  test("a run that failed says why, with its last words, above the bars", async () => {
    const terminal = createTerminal(80);
    const { display, sample, fit } = await stage(terminal);
    shown = display;
    display.show(start(sample));
    display.show(start(fit));
    const made: Made = { status: "failed", reason: "no luck", log: ["at dice.ts:3"] };
    display.show({ type: "end", run: fit.run, made, seconds: 1 });
    display.show({ type: "silent", run: sample.run, silentMs: 60_000, limitMs: 120_000 });
    expect(terminal.lines()).toEqual([
      "[failed]   fit chain/fits/degree=0/seed=1 → no luck, after 1.0 s",
      "    at dice.ts:3",
      "[silent]   sample for chain/fits/degree=0/seed=1: nothing heard for 1 min 00 s, ended at 2 min 00 s",
      expect.stringContaining("  sample for chain/fits/degree=0/seed=1 ····"),
      expect.stringMatching(/^ {2}all .* 1\/2 runs/),
    ]);
  });
});

test("elsewhere: plain lines, of progress one in twenty seconds", async () => {
  const terminal = createTerminal(80, false);
  const { display, clock, sample, fit } = await stage(terminal);
  display.show(start(sample));
  for (const seconds of [10, 20, 30]) {
    clock.ms = seconds * 1000;
    display.show(progress(sample, seconds, 40));
  }
  display.show(sample);
  display.show(start(fit));
  display.close();
  expect(terminal.lines()).toEqual([
    "[start]    sample for chain/fits/degree=0/seed=1",
    "           sample for chain/fits/degree=0/seed=1: 20/40, 20 s left",
    expect.stringMatching(/^\[done\] {5}sample for \S+ → \d+ B in 2\.0 s$/),
    "[start]    fit chain/fits/degree=0/seed=1",
  ]);
});
