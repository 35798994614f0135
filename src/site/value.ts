import { UserError } from "../error.ts";
import { summarise } from "./aggregate.ts";
import { readMeasure, repeatsOf } from "./measures.ts";
import { formatExact, formatFixed, formatNumber } from "./numbers.ts";
import { select } from "./selection.ts";

export interface ShownValue {
  text: string;
  value: unknown;
  /** Runs that a mean is of; null for the value of one run. */
  n: number | null;
  /** The least and the greatest, in words. */
  range: string;
  /** Why there is no value; null where there is. */
  reason: string | null;
}

interface ValueFormat {
  digits?: number;
  decimals?: number;
  percent: boolean;
}

const formatWith =
  ({ digits, decimals, percent }: ValueFormat, exact: boolean) =>
  (value: unknown): string => {
    if (typeof value !== "number") return String(value);
    const number = percent ? value * 100 : value;
    const text =
      decimals !== undefined
        ? formatFixed(number, decimals)
        : exact && digits === undefined
          ? formatExact(number)
          : formatNumber(number, digits);
    return percent ? `${text}\u00a0%` : text;
  };

/**
 * The value at an address.
 * @throws UserError where axes are open along which runs do not repeat one another, or the address ends at no single value.
 */
export function readValue(study: string, address: string, format: ValueFormat): ShownValue {
  const { table, rows, open, path } = select(study, address);
  const repeats = repeatsOf(table);
  const others = open.filter((axis) => !repeats.includes(axis));
  if (others.length > 0) {
    throw new UserError(
      `“${address}” leaves ${others.join(" and ")} open; add ${others.map((a) => `${a}=…`).join("/")}`,
    );
  }
  if (path.length === 0) throw new UserError(`“${address}” names no output`);
  const write = formatWith(format, path.includes("params"));
  const done = rows.filter(({ status }) => status === "done" || rows.length === 1);
  const values = done.map((row) => readMeasure(row, path)).filter((value) => value !== undefined);
  const absent = { text: "–", value: null, n: null, range: "" };
  if (values.length === 0) {
    const reason = rows.find(({ reason }) => reason !== null)?.reason ?? "no result";
    return { ...absent, reason };
  }
  if (values.some((value) => typeof value === "object" && value !== null)) {
    throw new UserError(`“${address}” is no single value`);
  }
  if (!open.some((axis) => repeats.includes(axis))) {
    const [value] = values;
    if (value === null) return { ...absent, reason: "not defined" };
    return { text: write(value), value, n: null, range: "", reason: null };
  }
  const numbers = values.filter((value) => typeof value === "number");
  const band = summarise(numbers);
  if (!band) return { ...absent, reason: "no run has a number here" };
  const range = `${write(Math.min(...numbers))} to ${write(Math.max(...numbers))}`;
  return { text: write(band.mean), value: band.mean, n: band.n, range, reason: null };
}

const escape = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");

/** One string, since a space between its parts would show. @param bare leaves out the number of runs. */
export function valueHtml({ text, value, n, range, reason }: ShownValue, bare: boolean): string {
  if (reason !== null) {
    const why = `<span class="visually-hidden"> (${escape(reason)})</span>`;
    return `<span class="value-absent" title="${escape(reason)}">${text}${why}</span>`;
  }
  const note = n === null ? "" : ` title="mean of ${n}, from ${range}"`;
  const data = `<data class="numeric" value="${escape(String(value))}"${note}>${escape(text)}</data>`;
  return n === null || bare ? data : `${data}<span class="value-n"> (n&nbsp;=&nbsp;${n})</span>`;
}
