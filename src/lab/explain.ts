import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { formatAddress } from "./address.ts";
import type { Agenda, PlannedRun } from "./agenda.ts";
import { writeAtomic } from "./atomic.ts";
import { maybeMissing } from "./disk.ts";
import { keyParts, upstreamOf } from "./graph.ts";
import { type KeptFailure, readFailures, recallLost } from "./kept-failures.ts";

/** What decided about a run when it was last planned, and the files of its code. */
interface PlannedParts {
  key: string;
  parts: Record<string, unknown>;
  sources: Record<string, string>;
  packages: Record<string, string>;
}

/** By name of the run. */
type LastPlan = Record<string, PlannedParts>;

const fileName = ".last-plan.json";

const partsOf = ({ run }: PlannedRun): PlannedParts => ({
  key: run.key,
  parts: keyParts(run),
  sources: run.code.sources,
  packages: run.code.packages,
});

/** Keeps what decides about the runs of an agenda, for a later explanation of what has changed. */
export async function keepPlan(results: string, { runs }: Agenda): Promise<void> {
  const plan: LastPlan = Object.fromEntries(
    [...runs.values()].map((planned) => [planned.name, partsOf(planned)]),
  );
  await writeAtomic(join(results, fileName), JSON.stringify(plan));
}

async function readPlan(results: string): Promise<LastPlan> {
  const text = await maybeMissing(join(results, fileName), (path) => readFile(path, "utf8"));
  try {
    return text === null ? {} : (JSON.parse(text) as LastPlan);
  } catch {
    return {};
  }
}

const short = (value: unknown): string => {
  const text = value === undefined ? "nothing" : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
};

/** Lines for every leaf in which two pieces of JSON differ, e.g. "params.steps: 2000 → 120". */
function compare(before: unknown, now: unknown, path: string): string[] {
  if (JSON.stringify(before) === JSON.stringify(now)) return [];
  const objects = [before, now].every((value) => typeof value === "object" && value !== null);
  if (!objects) return [`${path}: ${short(before)} → ${short(now)}`];
  const [a, b] = [before, now] as Record<string, unknown>[];
  return [...new Set([...Object.keys(a!), ...Object.keys(b!)])].flatMap((key) =>
    compare(a![key], b![key], path ? `${path}.${key}` : key),
  );
}

function compareCode(before: PlannedParts, now: PlannedParts): string[] {
  const files = [...new Set([...Object.keys(before.sources), ...Object.keys(now.sources)])].filter(
    (file) => before.sources[file] !== now.sources[file],
  );
  const packages = compare(before.packages, now.packages, "package");
  return [`code: changed${files.length > 0 ? ` in ${files.join(", ")}` : ""}`, ...packages];
}

/** What has changed since the last plan in what decides about a run. */
function compareParts(before: PlannedParts, now: PlannedParts): string[] {
  if (before.key === now.key)
    return ["nothing that decides about it has changed since the last build"];
  const { code: codeBefore, ...partsBefore } = before.parts;
  const { code, ...parts } = now.parts;
  return [
    ...compare(partsBefore, parts, ""),
    ...(codeBefore === code ? [] : compareCode(before, now)),
  ];
}

/** Every name of every run with its key: a run that several tables list has several. */
function namesOf({ runs, tables }: Agenda): Map<string, string> {
  const listed = tables.flatMap(({ id, study, rows }) =>
    rows.map(({ at, key }) => [`${study.id}/${formatAddress(id, at)}`, key] as const),
  );
  return new Map([...listed, ...[...runs].map(([key, { name }]) => [name, key] as const)]);
}

function findRun(agenda: Agenda, name: string): PlannedRun {
  const { runs } = agenda;
  const names = namesOf(agenda);
  const key = names.get(name) ?? [...runs.keys()].find((key) => key.startsWith(name));
  if (key !== undefined) return runs.get(key)!;
  const meant = nearest(name, [...names.keys()]);
  throw new UserError(`no run is called “${name}”`, {
    hint: meant ? `did you mean “${meant}”?` : "npm run train -- --dry-run lists all",
  });
}

/** When a run failed, and what it said then. */
const describeFailure = (failure: KeptFailure | undefined): string[] =>
  failure === undefined
    ? []
    : [
        `  when    ${failure.when.slice(0, 16).replace("T", " ")} UTC`,
        ...failure.log.map((line) => `  log     ${line}`),
      ];

/**
 * Why a run is reused or to be made: its state, what it reads, and what has changed since the last build.
 * @param name full address or the beginning of a key.
 * @throws UserError where there is no such run, with the nearest.
 */
export async function explainRun(agenda: Agenda, results: string, name: string): Promise<string[]> {
  const planned = findRun(agenda, name);
  const { run } = planned;
  const failures = await readFailures(results);
  const lost = recallLost(agenda, failures);
  const { status, reason } = lost.get(run.key) ?? planned;
  const plan = await readPlan(results);
  const before = plan[planned.name];
  const lines = [
    planned.name,
    `  key     ${run.key}`,
    `  task    ${run.task.name}`,
    `  state   ${status}${reason === null ? "" : `: ${reason}`}`,
    ...describeFailure(status === "failed" ? failures.get(run.key) : undefined),
    ...upstreamOf(run).map(({ key }) => {
      const upstream = agenda.runs.get(key)!;
      return `  reads   ${upstream.name} (${(lost.get(key) ?? upstream).status})`;
    }),
  ];
  if (!before) return [...lines, "  it was not part of the last build"];
  return [...lines, ...compareParts(before, partsOf(planned)).map((line) => `  ${line}`)];
}
