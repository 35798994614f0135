import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { formatAddress } from "./address.ts";
import type { Agenda, PlannedRun } from "./agenda.ts";
import { writeAtomic } from "./atomic.ts";
import { maybeMissing } from "./disk.ts";
import { formatCount } from "./format.ts";
import { keyParts, type RunInput, upstreamOf } from "./graph.ts";
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

/** The runs as they are planned, and as they were. */
interface Plans {
  agenda: Agenda;
  plan: LastPlan;
}

/** Which run or data an input is now that it was not, e.g. "reads train for s/t/n=1 (params.n: 1 → 2)". */
function compareInput(before: unknown, input: RunInput, path: string, plans: Plans): string[] {
  switch (input.type) {
    case "data": {
      const { sha256, description } = input.data;
      const isSame = (before as { data?: string } | undefined)?.data === sha256;
      return isSame ? [] : [`${path}: the data changed, ${description}`];
    }
    case "run": {
      const { run: key, output } = (before ?? {}) as { run?: string; output?: string };
      if (key === input.run.key && output === input.output) return [];
      const upstream = plans.agenda.runs.get(input.run.key)!;
      const causes = plans.plan[upstream.name] ? changesOf(upstream, plans) : [];
      if (causes.length === 0) return [`${path}: reads another run, ${upstream.name}`];
      return causes.map((cause) =>
        cause.startsWith("reads ") ? cause : `reads ${upstream.name} (${cause})`,
      );
    }
    case "list": {
      const items = Array.isArray(before) ? before : [];
      return [
        ...compare(items.length, input.items.length, `${path}.length`),
        ...input.items
          .slice(0, items.length)
          .flatMap((item, i) => compareInput(items[i], item, `${path}.${i + 1}`, plans)),
      ];
    }
  }
}

/** What has changed since the last plan in what decides about a run that was part of it. */
function changesOf(planned: PlannedRun, plans: Plans): string[] {
  const before = plans.plan[planned.name]!;
  const now = partsOf(planned);
  if (before.key === now.key) return [];
  const { code: codeBefore, inputs: inputsBefore, ...partsBefore } = before.parts;
  const { code, inputs: _, ...parts } = now.parts;
  const inputs = Object.entries(planned.run.inputs).flatMap(([name, input]) =>
    compareInput((inputsBefore as Record<string, unknown>)[name], input, `inputs.${name}`, plans),
  );
  return [
    ...compare(partsBefore, parts, ""),
    ...(codeBefore === code ? [] : compareCode(before, now)),
    ...new Set(inputs),
  ];
}

/** In a few words, why runs that a plan held before are to be made anew, by key. */
export async function explainChanges(
  agenda: Agenda,
  results: string,
): Promise<Map<string, string>> {
  const plan = await readPlan(results);
  const changes = new Map<string, string>();
  for (const [key, planned] of agenda.runs) {
    const isNew = planned.record !== null || planned.replace || !plan[planned.name];
    const [first, ...more] = isNew ? [] : changesOf(planned, { agenda, plan });
    if (first === undefined) continue;
    changes.set(key, more.length === 0 ? first : `${first}, and ${more.length} more`);
  }
  return changes;
}

/** Every name of every run with its key: a run that several tables list has several. */
function namesOf({ runs, tables }: Agenda): Map<string, string> {
  const listed = tables.flatMap(({ id, study, rows }) =>
    rows.map(({ at, key }) => [`${study.id}/${formatAddress(id, at)}`, key] as const),
  );
  return new Map([...listed, ...[...runs].map(([key, { name }]) => [name, key] as const)]);
}

/** The runs that half an address may mean, or the one that is near. */
function suggest(written: string, names: readonly string[]): string {
  const within = names.filter((name) => name.startsWith(`${written.replace(/\/$/, "")}/`));
  const [first, ...more] = within;
  const rest = more.length === 0 ? "" : ` It holds ${formatCount(within.length, "run")}.`;
  const meant = first ?? nearest(written, names);
  return meant === undefined
    ? "npm run train -- --dry-run lists all"
    : `did you mean “${meant}”?${rest}`;
}

function findRun(agenda: Agenda, name: string): PlannedRun {
  const { runs } = agenda;
  const names = namesOf(agenda);
  const key = names.get(name) ?? [...runs.keys()].find((key) => key.startsWith(name));
  if (key !== undefined) return runs.get(key)!;
  throw new UserError(`no run is called “${name}”`, { hint: suggest(name, [...names.keys()]) });
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
  if (!plan[planned.name]) return [...lines, "  it was not part of the last build"];
  const changes = changesOf(planned, { agenda, plan });
  if (changes.length === 0)
    changes.push("nothing that decides about it has changed since the last build");
  return [...lines, ...changes.map((line) => `  ${line}`)];
}
