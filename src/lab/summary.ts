import type { Outcome } from "./executor/executor.ts";
import { formatCount, formatDuration, formatTable } from "./format.ts";
import type { Plan } from "./plan.ts";
import type { Report } from "./report.ts";

export interface Tally {
  trained: number;
  diverged: number;
  reused: number;
  failed: number;
}

/** What became of the runs that a build selected; a diverged run counts as such only. */
export function tally(plan: Plan, outcomes: readonly Outcome[]): Tally {
  const made = new Map(outcomes.map(({ key, status }) => [key, status]));
  const count: Tally = { trained: 0, diverged: 0, reused: 0, failed: 0 };
  for (const { job, status, selected } of plan.jobs) {
    if (!selected) continue;
    const outcome = made.get(job.key);
    if (outcome === "failed") count.failed++;
    else if (status === "diverged") count.diverged++;
    else if (outcome === "done") count.trained++;
    else if (status === "fresh") count.reused++;
  }
  return count;
}

/** The plan as a table, in the order of training: state, run, key, share of the work, why. */
export function formatPlan(plan: Plan): string[] {
  const total = plan.jobs.reduce((sum, { due, cost }) => sum + (due ? cost : 0), 0);
  const rows = plan.jobs.map(({ job, status, reason, due, cost, selected }) => [
    `[${due && status !== "missing" ? "forced" : status}]`,
    job.name,
    job.key.slice(0, 8),
    due && total > 0 ? `${((100 * cost) / total).toFixed(1)} %` : "",
    (selected ? reason : "not selected") ?? "",
  ]);
  return [
    ...formatTable([["state", "run", "key", "work", "why"], ...rows], "lllrl"),
    `${formatCount(plan.jobs.filter(({ due }) => due).length, "run")} to train`,
  ];
}

/** Two lines of a table: how many runs, and how long it took. */
export function formatTally(count: Tally, seconds: number): string[] {
  const heads = ["trained", "reused", "diverged", "failed", "time"];
  const { trained, reused, diverged, failed } = count;
  const cells = [trained, reused, diverged, failed].map(String);
  return formatTable([heads, [...cells, formatDuration(seconds)]], "rrrrl");
}

/** e.g. "plan 0.8 s, train 12 s, publish 0.1 s". */
export const formatTimes = (times: Readonly<Record<string, number>>): string =>
  Object.entries(times)
    .map(([part, seconds]) => `${part} ${formatDuration(seconds)}`)
    .join(", ");

const number = (value: number | null): string => (value === null ? "–" : value.toFixed(2));

const signed = (value: number | null): string =>
  value === null ? "–" : (value < 0 ? "−" : "+") + Math.abs(value).toFixed(2);

/** Ours beside the published row means, then the mean absolute differences. */
export function formatReport({ rows, meanAbsolute }: Report): string[] {
  const heads = ["run", "r input", "published", "Δ", "r train", "published", "Δ", ""];
  const cells = rows.map((row) => [
    `${row.experiment}/${row.run}`,
    number(row.ours.rInput),
    number(row.rInput),
    signed(row.difference.rInput),
    number(row.ours.rTrain),
    number(row.rTrain),
    signed(row.difference.rTrain),
    row.converged === false ? "not converged" : "",
  ]);
  const { rInput, rTrain } = meanAbsolute;
  const means = ["", "", number(rInput), "", "", number(rTrain), ""];
  return formatTable(
    [heads, ...cells, ["mean absolute difference, converged", ...means]],
    "lrrrrrrl",
  );
}
