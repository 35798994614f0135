import { readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { isConverged } from "./convergence.ts";
import { UserError } from "./error.ts";
import { nearest } from "./nearest.ts";
import { parseIndex } from "./run-index.ts";
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
  /** Whether its training picture is reproduced; null where there is no trained network. */
  converged: boolean | null;
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

const runsDirectory = () => resolve(process.env["VITRINE_PUBLIC"] || "public", "runs");

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as unknown;
  } catch (error) {
    throw new UserError(`${path} cannot be read: ${(error as Error).message}`, {
      hint: "run `npm run train` to lay out runs/ anew",
      cause: error,
    });
  }
}

/**
 * What the site may show. Read again only when the file changes.
 * @throws UserError where nothing has been published yet, or the file is no index.
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
  const value = parseIndex(readJson(path), path);
  indexes.set(path, { modifiedMs, value });
  return value;
}

/** A key stands for its content, so a record is read once. */
function readRecord(key: string): RunRecord {
  const path = join(runsDirectory(), key, "run.json");
  let record = records.get(path);
  if (!record) {
    record = readJson(path) as RunRecord;
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

/** All of it in the message: a build of pages shows no hint. */
function unknown(what: string, name: string, known: readonly string[]): UserError {
  const meant = nearest(name, known);
  const suggestion = meant ? ` did you mean “${meant}”?` : "";
  return new UserError(`unknown ${what} “${name}”;${suggestion} known: ${known.join(", ")}`);
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
  const rows = experiment.runs.map(({ name, key, status, reason, spec }) => {
    const record = key === null ? null : readRecord(key);
    const files = key === null ? null : runFiles(key);
    return { name, status, converged: isConverged(record), reason, spec, record, files };
  });
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
): ResultRow<Task> {
  const [row, ...others] = resultsOf(task, experimentId).rows;
  if (!row || others.length > 0) {
    throw new UserError(`experiment “${experimentId}” does not have exactly one run`);
  }
  return row;
}

/** "displayed.rTrain" stands for "metrics.displayed.mean.rTrain". */
const expandPath = (path: string) =>
  path.replace(/^displayed\.(?=\w+$)/, "metrics.displayed.mean.");

/**
 * One number or word of a record, for prose.
 * @param path dotted, e.g. "displayed.rTrain", "training.steps", "spec.training.optimizer.cap"
 * @returns null where the run has no result, or the record leaves the value open.
 * @throws UserError where there is no such run or path: a wrong quotation fails the build.
 */
export function value(experimentId: string, run: string, path: string): number | string | null {
  const { rows } = results(experimentId);
  const row = rows.find(({ name }) => name === run);
  if (!row) {
    throw unknown(
      `run of “${experimentId}”`,
      run,
      rows.map(({ name }) => name),
    );
  }
  let at: unknown = row.record;
  for (const key of expandPath(path).split(".")) {
    if (at === null) return null;
    const here: object = typeof at === "object" ? (at as object) : {};
    if (!Object.hasOwn(here, key)) {
      throw unknown(`key on the path ${path} of “${experimentId}/${run}”:`, key, Object.keys(here));
    }
    at = (here as Record<string, unknown>)[key];
  }
  if (at !== null && typeof at !== "number" && typeof at !== "string") {
    throw new UserError(`“${path}” of “${experimentId}/${run}” is not a number or a word`);
  }
  return at;
}
