import { UserError } from "../error.ts";
import { checkTable } from "./declaration.ts";
import type { Field } from "./output.ts";
import type { AnyTask } from "./task.ts";

/** Values of one axis: a list of plain ones, or labels with any. */
export type Axis = readonly (string | number | boolean)[] | Readonly<Record<string, unknown>>;
export type Axes = Readonly<Record<string, Axis>>;

type ValueOf<A extends Axis> = A extends readonly (infer V)[] ? V : A[keyof A];

/** How values of an axis are drawn. */
export interface AxisOptions extends Omit<Field, "better"> {
  /** Whether its runs repeat one another, so that pages show their mean and band; of “seed” by default. */
  repeats?: boolean;
}

/** One value of every axis. */
export type Point<A extends Axes> = { [Name in keyof A]: ValueOf<A[Name]> };

/** Where on an axis a run stands. */
export interface Coordinate {
  axis: string;
  /** For people, e.g. "NGD 0.05". */
  label: string;
  /** The plain value; null where the axis has labels for values of other kinds. */
  value: string | number | boolean | null;
  /** In addresses, e.g. "ngd-0.05". */
  slug: string;
}

export interface TableRow {
  at: Coordinate[];
  /** As the declaration writes them, before defaults. */
  params: unknown;
}

/** Runs of one task over named axes. */
export interface Table<T extends AnyTask = AnyTask, A extends Axes = Axes> {
  task: T;
  title: string | null;
  over: A;
  /** Of those axes about which something is said. */
  axes: Readonly<Record<string, AxisOptions>>;
  rows: TableRow[];
}

/** e.g. "NGD 0.05" → "ngd-0.05" */
export const slugOf = (label: string): string =>
  label
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}.+-]+/gu, "-")
    .replaceAll(/^-+|-+$/g, "");

interface Entry {
  coordinate: Coordinate;
  value: unknown;
}

const isPlain = (value: unknown): value is string | number | boolean =>
  ["string", "number", "boolean"].includes(typeof value);

function entriesOf(axis: string, values: Axis): Entry[] {
  const named: [string, unknown][] = Array.isArray(values)
    ? values.map((value: unknown) => [String(value), value])
    : Object.entries(values);
  if (named.length === 0) throw new UserError(`axis “${axis}” has no values`);
  const entries = named.map(([label, value]): Entry => {
    if (Array.isArray(values) && !isPlain(value)) {
      throw new UserError(`axis “${axis}” lists a value that has no plain name`, {
        hint: `give each value a label: ${axis}: { "a label": value, … }`,
      });
    }
    const plain = isPlain(value) ? value : null;
    return { value, coordinate: { axis, label, value: plain, slug: slugOf(label) } };
  });
  const slugs = entries.map(({ coordinate }) => coordinate.slug);
  const twice = slugs.find((slug, i) => slug === "" || slugs.indexOf(slug) !== i);
  if (twice !== undefined) {
    throw new UserError(`axis “${axis}” has two values that are called “${twice}” in addresses`, {
      hint: "give them labels that differ in letters or digits",
    });
  }
  return entries;
}

/** What a table is declared with; `axes` is presentation, and decides about no result. */
export interface TableDeclaration<A extends Axes, P> {
  title?: string;
  over: A;
  axes?: { readonly [Name in keyof A & string]?: AxisOptions };
  run: (at: Point<A>) => P;
}

function checkAxes(over: Axes, axes: Readonly<Record<string, AxisOptions>>): void {
  for (const [name, { log = false }] of Object.entries(axes)) {
    const values = over[name];
    if (!values) throw new UserError(`“axes” speaks of “${name}”, which is no axis of the table`);
    const odd = Object.values(values).find((value) => !(typeof value === "number" && value > 0));
    if (log && odd !== undefined) {
      throw new UserError(
        `axis “${name}” is declared logarithmic and has the value ${JSON.stringify(odd)}`,
        { hint: "leave out `log`, or give it positive numbers only" },
      );
    }
  }
}

/**
 * @throws UserError for misspelt keys and wrong values, for an axis that is empty, unnamed, whose values cannot be told apart, or that
 * is logarithmic without being of positive numbers.
 */
export function createTable<T extends AnyTask, const A extends Axes>(
  task: T,
  declared: TableDeclaration<A, unknown>,
): Table<T, A> {
  checkTable(declared, task.name as string);
  const axes = (declared.axes ?? {}) as Readonly<Record<string, AxisOptions>>;
  checkAxes(declared.over, axes);
  let points: Entry[][] = [[]];
  for (const [axis, values] of Object.entries(declared.over)) {
    if (!/^[a-zA-Z]\w*$/.test(axis)) {
      throw new UserError(`axis name “${axis}” is not one word`);
    }
    const entries = entriesOf(axis, values);
    points = points.flatMap((point) => entries.map((entry) => [...point, entry]));
  }
  const rows = points.map((point): TableRow => {
    const at = point.map(({ coordinate, value }) => [coordinate.axis, value]);
    return {
      at: point.map(({ coordinate }) => coordinate),
      params: declared.run(Object.fromEntries(at) as Point<A>),
    };
  });
  return { task, title: declared.title ?? null, over: declared.over, axes, rows };
}
