import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { UserError } from "./error.ts";
import { nearest } from "./nearest.ts";
import type { RunSpec } from "./lab/experiment.ts";
import type { RunIndex, RunRecord, TaskRecord } from "./lab/record.ts";

/** Paths from the root of the site, e.g. "/runs/1f3a…/run.json"; a component puts the base before. */
export interface RunFiles {
  inputs: string;
  predictions: string;
  layers: string;
  arrays: string;
  run: string;
}

export interface ResultRow<Task extends RunSpec["task"] = RunSpec["task"]> {
  /** e.g. "cnn-20" */
  name: string;
  status: "done" | "diverged" | "missing";
  /** Why there is no picture; null where there is one. */
  reason: string | null;
  spec: Extract<RunSpec, { task: Task }>;
  /** Null where the run is missing. */
  record: RunRecord<Extract<TaskRecord, { task: Task }>> | null;
  files: RunFiles | null;
}

export interface Results<Task extends RunSpec["task"] = RunSpec["task"]> {
  id: string;
  title: string;
  rows: ResultRow<Task>[];
}

interface Cached<T> {
  modifiedMs: number;
  value: T;
}

const indexes = new Map<string, Cached<RunIndex>>();
const records = new Map<string, RunRecord>();

const runsDirectory = () => resolve(process.env["VITRINE_PUBLIC"] ?? "public", "runs");

/**
 * What the site may show. Read again only when the file changes.
 * @throws UserError where nothing has been published yet.
 */
export function runIndex(): RunIndex {
  const path = join(runsDirectory(), "index.json");
  const modifiedMs = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (modifiedMs === undefined) {
    throw new UserError("there are no results to show: runs/index.json is missing", {
      hint: "run `npm run train` first",
    });
  }
  const cached = indexes.get(path);
  if (cached?.modifiedMs === modifiedMs) return cached.value;
  const value = JSON.parse(readFileSync(path, "utf8")) as RunIndex;
  indexes.set(path, { modifiedMs, value });
  return value;
}

/** A key stands for its content, so a record is read once. */
function readRecord(key: string): RunRecord {
  const path = join(runsDirectory(), key, "run.json");
  let record = records.get(path);
  if (!record) {
    record = JSON.parse(readFileSync(path, "utf8")) as RunRecord;
    records.set(path, record);
  }
  return record;
}

function runFiles(key: string): RunFiles {
  const file = (name: string) => `/runs/${key}/${name}`;
  return {
    inputs: file("inputs.png"),
    predictions: file("predictions.png"),
    layers: file("layers.png"),
    arrays: file("arrays.npz"),
    run: file("run.json"),
  };
}

function unknown(what: string, name: string, known: readonly string[]): UserError {
  const meant = nearest(name, known);
  return new UserError(`unknown ${what} “${name}”${meant ? `; did you mean “${meant}”?` : ""}`, {
    hint: `known: ${known.join(", ")}`,
  });
}

/**
 * All runs of an experiment in the order it declares them, the missing ones too.
 * @throws UserError naming the known experiments.
 */
export function results(experimentId: string): Results {
  const { experiments } = runIndex();
  const experiment = experiments.find(({ id }) => id === experimentId);
  if (!experiment) {
    throw unknown(
      "experiment",
      experimentId,
      experiments.map(({ id }) => id),
    );
  }
  const rows = experiment.runs.map(({ name, key, status, reason, spec }) => ({
    name,
    status,
    reason,
    spec,
    record: key === null ? null : readRecord(key),
    files: key === null ? null : runFiles(key),
  }));
  return { id: experiment.id, title: experiment.title, rows };
}

/** The same, for a figure that can show one kind of task only. */
export function resultsOf<Task extends RunSpec["task"]>(
  task: Task,
  experimentId: string,
): Results<Task> {
  const found = results(experimentId);
  const other = found.rows.find(({ spec }) => spec.task !== task);
  if (other) {
    throw new UserError(
      `experiment “${experimentId}” holds a run of the task ${other.spec.task}, not ${task}`,
    );
  }
  return found as unknown as Results<Task>;
}

/** The one run of an experiment that has but one, e.g. parameter counts. */
export function resultOf<Task extends RunSpec["task"]>(
  task: Task,
  experimentId: string,
): RunRecord<Extract<TaskRecord, { task: Task }>> {
  const row = resultsOf(task, experimentId).rows[0];
  if (!row?.record) {
    throw new UserError(`experiment “${experimentId}” has no result: ${row?.reason ?? "empty"}`);
  }
  return row.record;
}

/** "displayed.rTrain" stands for "metrics.displayed.mean.rTrain". */
const expandPath = (path: string) =>
  path.replace(/^displayed\.(?=\w+$)/, "metrics.displayed.mean.");

/**
 * One number or word of a record, for prose.
 * @param path dotted, e.g. "displayed.rTrain", "training.steps", "spec.training.optimizer.cap"
 * @throws UserError where there is no such run, path or result: a wrong quotation fails the build.
 */
export function value(experimentId: string, run: string, path: string): number | string {
  const { rows } = results(experimentId);
  const row = rows.find(({ name }) => name === run);
  if (!row) {
    throw unknown(
      `run of “${experimentId}”`,
      run,
      rows.map(({ name }) => name),
    );
  }
  if (!row.record) {
    throw new UserError(`run “${experimentId}/${run}” has no result: ${row.reason ?? row.status}`);
  }
  let at: unknown = row.record;
  for (const key of expandPath(path).split(".")) {
    const here: object = typeof at === "object" && at !== null ? at : {};
    if (!Object.hasOwn(here, key)) {
      throw unknown(`key on the path ${path} of “${experimentId}/${run}”:`, key, Object.keys(here));
    }
    at = (here as Record<string, unknown>)[key];
  }
  if (typeof at !== "number" && typeof at !== "string") {
    throw new UserError(`“${path}” of “${experimentId}/${run}” is not a number or a word`);
  }
  return at;
}
