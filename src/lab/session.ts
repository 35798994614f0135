import type { TrainOptions } from "../train-options.ts";
import { createLocalExecutor } from "./executor/local.ts";
import { formatCount } from "./format.ts";
import { listRuns, planGallery, realise } from "./pipeline.ts";
import { createDisplay, createPaint, type DisplayEffects } from "./progress.ts";
import { publish } from "./publish.ts";
import { compareWithPublished } from "./report.ts";
import { formatPlan, formatReport, formatTally, tally } from "./summary.ts";

export interface SessionEffects extends DisplayEffects {
  signal: AbortSignal;
}

export interface SessionResult {
  /** 0, or 2 where a run failed or diverged. */
  exitCode: 0 | 2;
  /** Seconds by part: plan, train. */
  times: Record<string, number>;
  /** Lays out the same runs in another folder of static files. */
  publish: (publicFolder: string) => Promise<unknown>;
}

/**
 * Plans, trains what is due, publishes, and says so: `npm run train`, and the first part of
 * `npm run build`.
 * @throws UserError for mistakes in options, experiments or data; Interruption when the signal says so.
 */
export async function train(
  options: TrainOptions,
  effects: SessionEffects,
): Promise<SessionResult> {
  const { output, now, signal } = effects;
  const paint = createPaint(output);
  const say = (...lines: string[]): void => void output.write(lines.join("\n") + "\n");
  const startedMs = now();
  const { plan, store, engine } = await planGallery(options.folders, options.sources, options.plan);
  const plannedMs = now();
  const times = { plan: (plannedMs - startedMs) / 1000, train: 0 };

  if (engine.reason !== null) say(`engine ${engine.name}: ${engine.reason}`);
  if (plan.datasets.some(({ source }) => source === "drawn")) {
    say(paint("yellow", "the pictures are stand-ins drawn by the project: results will differ"));
  }
  for (const { job, reason } of plan.jobs.filter(({ reason }) => reason?.startsWith("damaged"))) {
    say(`${paint("yellow", "[damaged]")}  ${job.name} (${store.path(job.key)}): ${reason}`);
  }
  if (options.dryRun) {
    say(...formatPlan(plan));
    if (options.report) say("", ...formatReport(compareWithPublished(listRuns(plan))));
    return { exitCode: 0, times, publish: (folder) => publish(plan, store, folder) };
  }

  const due = plan.jobs.filter(({ due }) => due);
  const display = createDisplay(new Map(due.map(({ job, cost }) => [job.key, cost])), effects);
  const executor = createLocalExecutor({
    store: options.folders.results,
    ...(options.jobs === null ? {} : { jobs: options.jobs }),
    ...(options.patienceMs === null ? {} : { patienceMs: options.patienceMs }),
  });
  const report = display.show;
  const result = await realise(plan, store, options.folders.public, {
    executor,
    report,
    signal,
  }).finally(display.close);
  times.train = (now() - plannedMs) / 1000;

  const count = tally(result.plan, result.outcomes);
  if (due.length === 0) {
    say(`nothing to train: ${formatCount(count.reused + count.diverged, "run")} reused`);
  } else {
    say("", ...formatTally(count, (now() - startedMs) / 1000));
  }
  for (const { job, reason, status, selected } of result.plan.jobs) {
    if (selected && status !== "fresh") {
      say(`${paint("red", `[${status}]`.padEnd(10))} ${job.name}: ${reason}`);
    }
  }
  if (options.report) say("", ...formatReport(compareWithPublished(listRuns(result.plan))));
  return {
    exitCode: count.failed + count.diverged > 0 ? 2 : 0,
    times,
    publish: (folder) => publish(result.plan, store, folder),
  };
}
