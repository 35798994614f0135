import { stripVTControlCharacters, styleText } from "node:util";
import type { PlannedRun } from "./agenda.ts";
import { formatBar, formatBytes, formatCount, formatDuration, formatLoss } from "./format.ts";
import type { Made } from "./make-run.ts";
import type { RunEvent } from "./make-runs.ts";
import type { Progress } from "./task.ts";

/** Where a display writes; a WriteStream of node:tty has all of it. */
export interface Output {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

export interface DisplayEffects {
  output: Output;
  /** Monotonic milliseconds. */
  now: () => number;
}

export interface Display {
  show(event: RunEvent): void;
  /** Takes the bars away and stops their timer; what was said stays. */
  close(): void;
}

type Style = Parameters<typeof styleText>[0];

interface Running {
  planned: PlannedRun;
  startedMs: number;
  progress: Progress | null;
  saidMs: number;
}

const redrawEveryMs = 100;
const plainEveryMs = 20_000;
const barWidth = 20;

/** styleText() for an output: plain where it is no terminal or NO_COLOR asks for that. */
export function createPaint(output: Output): (style: Style, text: string) => string {
  return (style, text) => (output.isTTY ? styleText(style, text) : text);
}

/** Seconds a run still takes at its mean speed, or null before it can be told. */
function estimateSeconds(elapsedMs: number, fraction: number): number | null {
  return fraction > 0.005 ? ((elapsedMs / fraction) * (1 - fraction)) / 1000 : null;
}

const fractionOf = ({ progress }: Running): number =>
  progress && progress.steps > 0 ? progress.step / progress.steps : 0;

/** What is made, e.g. "train shapes/widths/width=8". */
const titleOf = ({ run, name, listed }: PlannedRun): string =>
  listed ? `${run.task.name} ${name}` : name;

/** e.g. "412 kB in 4 min 12 s". */
function formatMade(made: Made, seconds: number): string {
  const time = formatDuration(seconds);
  if (made.status === "failed") return `${made.reason}, after ${time}`;
  const { files, reason } = made.record;
  const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
  return `${reason === null ? "" : `${reason}, `}${formatBytes(bytes)} in ${time}`;
}

/** The permanent lines of a run that ended: grammar `[tag] verb subject → result`. */
function describeEnd(
  planned: PlannedRun,
  made: Made,
  seconds: number,
  paint: ReturnType<typeof createPaint>,
): string[] {
  const tags = {
    done: paint("green", "[done]    "),
    stopped: paint("yellow", "[stopped] "),
    failed: paint("red", "[failed]  "),
  };
  const line = `${tags[made.status]} ${titleOf(planned)} ${paint("dim", "→")} ${formatMade(made, seconds)}`;
  if (made.status !== "failed") return [line];
  return [line, ...made.log.map((text) => paint("dim", `    ${text}`))];
}

/** Cuts what is seen of a line to a width; styles end with the line. */
function clip(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`;
}

/** What the bars are drawn from. */
interface Tally {
  startedMs: number;
  running: Map<string, Running>;
  /** Seconds of every run that will be made, roughly, by key. */
  costs: ReadonlyMap<string, number>;
  doneCost: number;
  ended: number;
}

/** e.g. "120/2000, loss 0.0312, 12 s left". */
function describeRunning(run: Running, nowMs: number): string {
  const seconds = estimateSeconds(nowMs - run.startedMs, fractionOf(run));
  const { step, steps, loss } = run.progress ?? { step: 0, steps: 0 };
  return [
    run.progress ? `${step}/${steps}` : "running",
    loss === undefined ? "" : `loss ${formatLoss(loss)}`,
    seconds === null ? "" : `${formatDuration(seconds)} left`,
  ]
    .filter(Boolean)
    .join(", ");
}

/** Share of all work that is done, in [0, 1]. */
function fractionOfAll({ costs, running, doneCost }: Tally): number {
  const total = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  const open = [...running].reduce(
    (sum, [key, run]) => sum + fractionOf(run) * (costs.get(key) ?? 0),
    0,
  );
  return total > 0 ? (doneCost + open) / total : 1;
}

/** A line with a bar for every run that is being made, and one for all. */
function describeBars(
  tally: Tally,
  nowMs: number,
  paint: ReturnType<typeof createPaint>,
): string[] {
  const running = [...tally.running.values()];
  const width = Math.max(3, ...running.map(({ planned }) => titleOf(planned).length));
  const fraction = fractionOfAll(tally);
  const seconds = estimateSeconds(nowMs - tally.startedMs, fraction);
  const left = seconds === null ? "" : `, ${formatDuration(seconds)} left`;
  const count = `${tally.ended}/${formatCount(tally.costs.size, "run")}${left}`;
  return [
    ...running.map(
      (run) =>
        `  ${titleOf(run.planned).padEnd(width)} ${paint("cyan", formatBar(fractionOf(run), barWidth))} ` +
        paint("dim", describeRunning(run, nowMs)),
    ),
    `  ${"all".padEnd(width)} ${formatBar(fraction, barWidth)} ${paint("dim", count)}`,
  ];
}

/** Lines that stay, above bars that are drawn again and again. */
function createScreen(output: Output, bars: () => string[]) {
  let drawn = 0;
  const erase = (): string => (drawn > 0 ? `\u001b[${drawn}A\u001b[J` : "");
  const draw = (above: readonly string[] = []): void => {
    const region = bars().map((line) => clip(line, (output.columns || 80) - 1));
    output.write(erase() + [...above, ...region].map((line) => `${line}\n`).join(""));
    drawn = region.length;
  };
  const timer = setInterval(draw, redrawEveryMs).unref();
  const close = (): void => {
    clearInterval(timer);
    output.write(erase());
    drawn = 0;
  };
  return { draw, close };
}

/**
 * Shows runs as they go: bars on a terminal, plain lines elsewhere.
 * @param costs seconds of every run that will be made, roughly, by key; the overall bar is in these units.
 */
export function createDisplay(
  costs: ReadonlyMap<string, number>,
  effects: DisplayEffects = { output: process.stdout, now: () => performance.now() },
): Display {
  const { output, now } = effects;
  const paint = createPaint(output);
  const tally: Tally = { startedMs: now(), running: new Map(), costs, doneCost: 0, ended: 0 };
  const screen = output.isTTY
    ? createScreen(output, () => describeBars(tally, now(), paint))
    : null;

  const say = (lines: readonly string[]): void => {
    if (screen) screen.draw(lines);
    else output.write(lines.map((line) => `${line}\n`).join(""));
  };

  const sayProgress = (run: Running): void => {
    if (screen || now() - run.saidMs < plainEveryMs) return;
    run.saidMs = now();
    say([`           ${titleOf(run.planned)}: ${describeRunning(run, now())}`]);
  };

  const saySilent = (planned: PlannedRun, silentMs: number, limitMs: number): void => {
    const [silent, limit] = [silentMs, limitMs].map((ms) => formatDuration(ms / 1000));
    const tag = paint("yellow", "[silent]  ");
    say([`${tag} ${titleOf(planned)}: nothing heard for ${silent}, ended at ${limit}`]);
  };

  return {
    show(event) {
      const { run: planned } = event;
      const { key } = planned.run;
      if (event.type === "start") {
        tally.running.set(key, { planned, startedMs: now(), progress: null, saidMs: now() });
        if (!screen) say([`[start]    ${titleOf(planned)}`]);
      } else if (event.type === "progress") {
        const run = tally.running.get(key);
        if (!run) return;
        run.progress = event.progress;
        sayProgress(run);
      } else if (event.type === "silent") {
        saySilent(planned, event.silentMs, event.limitMs);
      } else {
        tally.running.delete(key);
        tally.ended++;
        tally.doneCost += costs.get(key) ?? 0;
        say(describeEnd(planned, event.made, event.seconds, paint));
      }
    },
    close: () => screen?.close(),
  };
}
