import type { Agenda, PlannedRun } from "./agenda.ts";
import { explainChanges } from "./explain.ts";
import { formatTable } from "./format.ts";
import { type Lost, readFailures, recallLost } from "./kept-failures.ts";

const states = ["done", "missing", "stale", "failed", "blocked", "stopped"] as const;

/** "stale": it had a result, and something that decides about it has changed. */
type State = (typeof states)[number];

interface Standing {
  state: State;
  /** Empty for "done". */
  why: string;
}

function judge(
  { run, status, reason, replace }: PlannedRun,
  lost: ReadonlyMap<string, Lost>,
  changes: ReadonlyMap<string, string>,
): Standing {
  const loss = lost.get(run.key);
  if (loss) return { state: loss.status, why: loss.reason };
  const change = changes.get(run.key);
  if (change !== undefined) return { state: "stale", why: change };
  const isStale = status === "missing" && replace;
  return { state: isStale ? "stale" : status, why: reason ?? "" };
}

/**
 * How many runs of each study are in which state, and why each is that has no whole result.
 * @returns lines, and whether every selected run is done.
 */
export async function describeStanding(
  agenda: Agenda,
  results: string,
): Promise<{ lines: string[]; isDone: boolean }> {
  const lost = recallLost(agenda, await readFailures(results));
  const changes = await explainChanges(agenda, results);
  const standings = new Map(
    [...agenda.runs].map(([key, planned]) => [key, judge(planned, lost, changes)]),
  );
  const studies = [...new Set(agenda.tables.map(({ study }) => study.id))];
  const counts = studies.map((id) => {
    const rows = agenda.tables.filter(({ study }) => study.id === id).flatMap(({ rows }) => rows);
    const keys = [...new Set(rows.map(({ key }) => key))];
    const count = (state: State): number =>
      keys.filter((key) => standings.get(key)!.state === state).length;
    return [id, ...states.map((state) => String(count(state) || "–"))];
  });
  const open = [...agenda.runs].filter(
    ([key, { selected, due }]) => (selected || due) && standings.get(key)!.state !== "done",
  );
  const reasons = open.map(([key, { name }]) => {
    const { state, why } = standings.get(key)!;
    return [`[${state}]`, name, why];
  });
  const summary = formatTable([["study", ...states], ...counts], "lrrrrrr");
  const list = formatTable([["state", "run", "why"], ...reasons], "lll");
  return {
    lines: open.length === 0 ? summary : [...summary, "", ...list],
    isDone: open.length === 0,
  };
}
