import { stripVTControlCharacters, styleText } from "node:util";
import type { Outcome, RunEvent } from "./executor/executor.ts";
import { formatBar, formatBytes, formatCount, formatDuration, formatLoss } from "./format.ts";
import type { Job, Progress } from "./record.ts";

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
  job: Job;
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

/** e.g. "2000 steps, loss 0.0288, 412 kB in 4 min 12 s". */
export function formatOutcome(outcome: Outcome): string {
  const time = formatDuration(outcome.seconds);
  if (outcome.status === "failed") return `${outcome.reason}, after ${time}`;
  const { training, bytes } = outcome.summary;
  const parts = training
    ? training.diverged
      ? [training.diverged]
      : [formatCount(training.steps, "step"), `loss ${formatLoss(training.loss)}`]
    : [];
  if (bytes > 0) parts.push(formatBytes(bytes));
  return `${parts.join(", ") || "done"} in ${time}`;
}

/** The permanent lines of a run that ended: grammar `[tag] verb subject → result`. */
function describeEnd(outcome: Outcome, paint: ReturnType<typeof createPaint>): string[] {
  const failed = outcome.status === "failed";
  const diverged = !failed && outcome.summary.training?.diverged;
  const tag = failed
    ? paint("red", "[failed]  ")
    : diverged
      ? paint("yellow", "[diverged]")
      : paint("green", "[done]    ");
  const line = `${tag} train ${outcome.name} ${paint("dim", "→")} ${formatOutcome(outcome)}`;
  return failed ? [line, ...outcome.log.map((text) => paint("dim", `    ${text}`))] : [line];
}

/** Cuts what is seen of a line to a width; styles end with the line. */
function clip(line: string, columns: number): string {
  const plain = stripVTControlCharacters(line);
  return plain.length <= columns ? line : `${plain.slice(0, columns - 1)}…`;
}

/**
 * Shows runs as they go: bars on a terminal, plain lines elsewhere.
 * @param costs work of every run that will be made, by key; the overall bar is in these units.
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
    const { step, steps, loss } = run.progress ?? { step: 0, steps: 0, loss: NaN };
    const seconds = estimateSeconds(now() - run.startedMs, fractionOf(run));
    return [
      run.progress ? `${step}/${steps}` : "starting",
      run.progress ? `loss ${formatLoss(loss)}` : "",
      seconds === null ? "" : `${formatDuration(seconds)} left`,
    ]
      .filter(Boolean)
      .join(", ");
  };

  const drawRegion = (): string[] => {
    const names = Math.max(3, ...[...running.values()].map(({ job }) => job.name.length));
    const lines = [...running.values()].map(
      (run) =>
        `  ${run.job.name.padEnd(names)} ${paint("cyan", formatBar(fractionOf(run), barWidth))} ` +
        paint("dim", describeRunning(run)),
    );
    const open = [...running.values()].reduce(
      (sum, run) => sum + fractionOf(run) * (costs.get(run.job.key) ?? 0),
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
    say([`           ${run.job.name}: ${describeRunning(run)}`]);
  };

  const timer = output.isTTY ? setInterval(redraw, redrawEveryMs) : undefined;
  timer?.unref();

  return {
    show(event) {
      const { key, name } = event.job;
      if (event.type === "start") {
        running.set(key, { job: event.job, startedMs: now(), progress: null, saidMs: now() });
        if (!output.isTTY) say([`[start]    train ${name}`]);
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
          `${paint("yellow", "[silent]  ")} train ${name}: nothing heard for ${silent}, ended at ${limit}`,
        ]);
      } else {
        running.delete(key);
        ended++;
        doneCost += costs.get(key) ?? 0;
        say(describeEnd(event.outcome, paint));
      }
    },
    close() {
      clearInterval(timer);
      output.write(erase());
      drawn = 0;
    },
  };
}
