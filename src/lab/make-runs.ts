import { type Agenda, judgeRun, type PlannedRun } from "./agenda.ts";
import { upstreamOf } from "./graph.ts";
import { blockedBy, type Failures, type Lost } from "./kept-failures.ts";
import { findExcess } from "./memory.ts";
import { type Made, makeRun, type MakeEffects } from "./make-run.ts";
import { followSchedule } from "./schedule.ts";
import type { Word } from "./module-process.ts";

export type RunEvent =
  | { type: "start"; run: PlannedRun }
  | ({ run: PlannedRun } & Word)
  | { type: "end"; run: PlannedRun; made: Made; seconds: number };

export interface MakeAllEffects extends Omit<MakeEffects, "report"> {
  /** Processes at a time. */
  jobs: number;
  force: boolean;
  failures: Failures;
  report: (event: RunEvent) => void;
}

/** The runs to be made and those that may turn out stale when these are: each after what it reads. */
function chooseItems({ runs }: Agenda): PlannedRun[] {
  const chosen = new Set<string>();
  for (const [key, { due, selected, run }] of runs) {
    const follows = selected && upstreamOf(run).some((upstream) => chosen.has(upstream.key));
    if (due || follows) chosen.add(key);
  }
  return [...chosen].map((key) => runs.get(key)!);
}

/** Seconds of a run and of the longest chain of chosen runs that wait for it. */
function weigh(items: readonly PlannedRun[]): Map<string, number> {
  const weights = new Map<string, number>();
  const longest = new Map<string, number>();
  for (const { run } of [...items].reverse()) {
    const weight = run.task.needs(run.params).seconds + (longest.get(run.key) ?? 0);
    weights.set(run.key, weight);
    for (const { key } of upstreamOf(run))
      longest.set(key, Math.max(weight, longest.get(key) ?? 0));
  }
  return weights;
}

/**
 * Makes the due runs of an agenda, the longest chains first; one that fails stops only what needs it.
 * The agenda's runs are brought up to date.
 * @returns what was made, and what was lost and why, by key.
 * @throws the signal's reason when it aborts; what was stored is kept.
 */
export async function makeRuns(agenda: Agenda, effects: MakeAllEffects) {
  const { runs } = agenda;
  const items = chooseItems(agenda);
  const weights = weigh(items);
  items.sort((a, b) => weights.get(b.run.key)! - weights.get(a.run.key)!);
  const made = new Map<string, Made>();
  const lost = new Map<string, Lost>();

  /** Makes a run that the machine can hold; a failure is kept for later builds. */
  const attempt = async (planned: PlannedRun): Promise<Made> => {
    const { key, task, params } = planned.run;
    const excess = findExcess(task.needs(params));
    if (excess) return { status: "failed", ...excess };
    effects.report({ type: "start", run: planned });
    const outcome = await makeRun(planned, runs, {
      ...effects,
      report: (word) => effects.report({ ...word, run: planned }),
    });
    if (outcome.status === "failed") await effects.failures.keep(key, outcome);
    else await effects.failures.forget(key);
    return outcome;
  };

  const perform = async (planned: PlannedRun): Promise<Made> => {
    const { run } = planned;
    if (!(effects.force && planned.selected)) {
      Object.assign(planned, await judgeRun(run, effects.store, runs));
      if (planned.record) return { status: planned.record.status, record: planned.record };
    }
    const startedMs = performance.now();
    const outcome = await attempt(planned);
    made.set(run.key, outcome);
    if (outcome.status === "failed") lost.set(run.key, outcome);
    else Object.assign(planned, { ...outcome, reason: outcome.record.reason });
    effects.report({
      type: "end",
      run: planned,
      made: outcome,
      seconds: (performance.now() - startedMs) / 1000,
    });
    return outcome;
  };

  const ended = await followSchedule({
    items,
    keyOf: ({ run }) => run.key,
    needs: ({ run }) => upstreamOf(run).map(({ key }) => key),
    slots: effects.jobs,
    perform,
    endedWell: ({ status }) => status !== "failed",
    signal: effects.signal,
  });
  effects.signal.throwIfAborted();
  for (const [key, end] of ended) {
    if (end.state !== "blocked") continue;
    lost.set(key, blockedBy(runs.get(end.by)!));
  }
  return { made, lost };
}
