import type { Held, Output } from "../lab/output.ts";
import type { PublishedRun } from "../lab/publish-studies.ts";
import type { SiteRow } from "../lab/site-index.ts";
import type { AnyTask, Params, Ref } from "../lab/task.ts";
import type { ArrayView, OutputView, RunView } from "./results.ts";

/**
 * Studies whose results are typed, by the names of their folders. Each adds itself, once, beside
 * its figures:
 *
 *     import type study from "../study.ts";
 *
 *     declare module "#site/studies" {
 *       interface Studies {
 *         "my-study": typeof study;
 *       }
 *     }
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- studies add to it
export interface Studies {}

export type StudyId = keyof Studies & string;

type TablesOf<S extends StudyId> = Studies[S] extends (...args: never[]) => { tables: infer Tables }
  ? Tables
  : never;

export type TableId<S extends StudyId> = keyof TablesOf<S> & string;

/** Coordinates to select by: plain values, or labels. */
export type Coordinates<S extends StudyId, T extends TableId<S>> = TablesOf<S>[T] extends {
  over: infer Axes;
}
  ? { readonly [Axis in keyof Axes]?: string | number | boolean }
  : never;

/** As OutputView, of an output with this declaration. */
export interface OutputOf<O extends Output> extends Omit<OutputView, "value" | "table" | "arrays"> {
  value: O["kind"] extends "value" ? Held<O> : undefined;
  table: O["kind"] extends "table" ? Held<O> | null : null;
  arrays: O["kind"] extends "arrays"
    ? { [Name in keyof Held<O>]: ArrayView }
    : Record<string, never>;
}

/** Only a type. */
declare const ran: unique symbol;

/** As RunView, of a run of this task. */
export interface RunOf<T extends AnyTask> extends Omit<RunView, "record" | "out"> {
  record: (Omit<PublishedRun, "params"> & { params: Params<T> }) | null;
  out: { [Name in keyof T["outputs"]]?: OutputOf<T["outputs"][Name]> };
  readonly [ran]?: T;
}

interface RowOf<T extends AnyTask> extends RunOf<T>, Pick<SiteRow, "at" | "label"> {}

type RowOfTable<Table> = Table extends { task: infer T extends AnyTask } ? RowOf<T> : never;

/** A row of a table, or of one of several. */
export type Row<S extends StudyId, T extends TableId<S>> = RowOfTable<TablesOf<S>[T]>;

/** A run of any task, or of one of several. */
export type AnyRun = Pick<RunOf<AnyTask>, "record" | typeof ran>;

type InputsOf<R extends AnyRun> = ReturnType<NonNullable<R[typeof ran]>["inputs"]>;

/** Inputs that one run yielded. */
export type RunInput<R extends AnyRun> = {
  [I in keyof InputsOf<R>]: InputsOf<R>[I] extends Ref ? I : never;
}[keyof InputsOf<R>] &
  string;

export type RunBehind<R extends AnyRun, I extends keyof InputsOf<R>> =
  InputsOf<R>[I] extends Ref<infer T extends AnyTask> ? RunOf<T> : never;
