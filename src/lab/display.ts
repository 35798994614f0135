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
  const startedMs = now();
  const running = new Map<string, Running>();
  const total = [...costs.values()].reduce((sum, cost) => sum + cost, 0);
  let doneCost = 0;
  let ended = 0;
  let drawn = 0;

  const describeRunning = (run: Running): string => {
    const seconds = estimateSeconds(now() - run.startedMs, fractionOf(run));
    const { step, steps, loss } = run.progress ?? { step: 0, steps: 0 };
    return [
      run.progress ? `${step}/${steps}` : "running",
      loss === undefined ? "" : `loss ${formatLoss(loss)}`,
      seconds === null ? "" : `${formatDuration(seconds)} left`,
    ]
      .filter(Boolean)
      .join(", ");
  };

  const drawRegion = (): string[] => {
    const names = Math.max(
      3,
      ...[...running.values()].map(({ planned }) => titleOf(planned).length),
    );
    const lines = [...running.values()].map(
      (run) =>
        `  ${titleOf(run.planned).padEnd(names)} ${paint("cyan", formatBar(fractionOf(run), barWidth))} ` +
        paint("dim", describeRunning(run)),
    );
    const open = [...running.values()].reduce(
      (sum, run) => sum + fractionOf(run) * (costs.get(run.planned.run.key) ?? 0),
      0,
    );
    const fraction = total > 0 ? (doneCost + open) / total : 1;
    const seconds = estimateSeconds(now() - startedMs, fraction);
    const left = seconds === null ? "" : `, ${formatDuration(seconds)} left`;
    lines.push(
      `  ${"all".padEnd(names)} ${formatBar(fraction, barWidth)} ` +
        paint("dim", `${ended}/${formatCount(costs.size, "run")}${left}`),
    );
    return lines.map((line) => clip(line, (output.columns || 80) - 1));
  };

  const erase = (): string => (drawn > 0 ? `\u001b[${drawn}A\u001b[J` : "");

  const redraw = (above: string[] = []): void => {
    const region = drawRegion();
    output.write(erase() + [...above, ...region].map((line) => `${line}\n`).join(""));
    drawn = region.length;
  };

  const say = (lines: string[]): void => {
    if (output.isTTY) redraw(lines);
    else output.write(lines.map((line) => `${line}\n`).join(""));
  };

  const sayProgress = (run: Running): void => {
    if (output.isTTY || now() - run.saidMs < plainEveryMs) return;
    run.saidMs = now();
    say([`           ${titleOf(run.planned)}: ${describeRunning(run)}`]);
  };

  const timer = output.isTTY ? setInterval(redraw, redrawEveryMs) : undefined;
  timer?.unref();

  return {
    show(event) {
      const { run: planned } = event;
      const { key } = planned.run;
      if (event.type === "start") {
        running.set(key, { planned, startedMs: now(), progress: null, saidMs: now() });
        if (!output.isTTY) say([`[start]    ${titleOf(planned)}`]);
      } else if (event.type === "progress") {
        const run = running.get(key);
        if (!run) return;
        run.progress = event.progress;
        sayProgress(run);
      } else if (event.type === "silent") {
        const [silent, limit] = [event.silentMs, event.limitMs].map((ms) =>
          formatDuration(ms / 1000),
        );
        say([
          `${paint("yellow", "[silent]  ")} ${titleOf(planned)}: nothing heard for ${silent}, ended at ${limit}`,
        ]);
      } else {
        running.delete(key);
        ended++;
        doneCost += costs.get(key) ?? 0;
        say(describeEnd(planned, event.made, event.seconds, paint));
      }
    },
    close() {
      clearInterval(timer);
      output.write(erase());
      drawn = 0;
    },
  };
}
