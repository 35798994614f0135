import * as Plot from "@observablehq/plot";
import { formatTick } from "../site/numbers.ts";

/** One direction of a plot, from the declaration of what is drawn along it. */
export interface Axis {
  /** With the unit, e.g. "size (kB)". */
  label: string;
  log: boolean;
  /** Ends of the scale; null fits the data. */
  range: readonly [number, number] | null;
}

export interface Scale {
  type: "linear" | "log";
  domain: [number, number];
  ticks: number[];
}

const steps = [1, 2, 2.5, 5, 10];

/** Round numbers within a range, about as many as asked for. */
function linearTicks([least, greatest]: readonly [number, number], count: number): number[] {
  const rough = (greatest - least) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * steps.find((step) => step * power >= rough)!;
  const from = Math.ceil(least / step - 1e-9);
  const length = Math.floor(greatest / step + 1e-9) - from + 1;
  return Array.from({ length }, (_, i) => Number(((from + i) * step).toPrecision(12)));
}

/** Powers of ten within a range; with few of them, numbers in between too. */
function logTicks([least, greatest]: readonly [number, number], count: number): number[] {
  const [from, to] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(greatest))];
  const powers = Array.from({ length: to - from + 1 }, (_, i) => from + i);
  const span = Math.log10(greatest / least);
  const stride = Math.max(1, Math.round(span / count));
  const multiples = span < 1.2 ? [1, 2, 5] : span < 2.4 ? [1, 3] : [1];
  const ticks = powers
    .filter((power) => (power - from) % stride === 0)
    .flatMap((power) =>
      multiples.map((multiple) => Number((multiple * 10 ** power).toPrecision(12))),
    )
    .filter((tick) => tick >= least * 0.999 && tick <= greatest * 1.001);
  return ticks.length < 3 && span < 1.2 ? linearTicks([least, greatest], count) : ticks;
}

/** Less is no measurement: a logarithmic scale would be endless, and a linear one without width. */
const smallest = 1e-300;

/**
 * A scale that holds all numbers, with room at the ends where no range is declared.
 * @param fromZero whether lengths are compared, so that the scale starts at 0.
 */
export function scaleOf(
  { log, range }: Axis,
  numbers: readonly number[],
  count: number,
  { fromZero = false, room = 0.04 } = {},
): Scale {
  const shown = numbers.filter((n) => Number.isFinite(n) && (!log || n > smallest));
  const least = Math.min(...shown, ...(range ?? []), ...(fromZero && !log ? [0] : []));
  const greatest = Math.max(...shown, ...(range ?? []), ...(fromZero && !log ? [0] : []));
  if (shown.length === 0 && !range) return { type: "linear", domain: [0, 1], ticks: [0, 1] };
  if (log && least > 0) {
    const wide = greatest / least < 1.5 ? 1.5 : 1;
    const factor = wide * (greatest / least) ** room;
    const domain: [number, number] = [least / factor, greatest * factor];
    return { type: "log", domain, ticks: logTicks(domain, count) };
  }
  const span = Math.max(greatest - least || Math.abs(greatest) || 1, smallest);
  const below = range && least >= range[0] ? 0 : room * span;
  const above = range && greatest <= range[1] ? 0 : room * span;
  const domain: [number, number] = [fromZero && least === 0 ? 0 : least - below, greatest + above];
  return { type: "linear", domain, ticks: linearTicks(domain, count) };
}

/** Pixels from the start of a scale that is `length` pixels long. */
export function pixelOf({ type, domain: [from, to] }: Scale, value: number, length: number) {
  const at = type === "log" ? Math.log : (n: number): number => n;
  return ((at(value) - at(from)) / (at(to) - at(from))) * length;
}

/** Moves positions apart until they are `gap` apart, within 0 … length; their order stays. */
export function spread(wanted: readonly number[], gap: number, length: number): number[] {
  const order = wanted.map((_, i) => i).sort((a, b) => wanted[a]! - wanted[b]!);
  const placed: number[] = Array.from(wanted);
  for (let round = 0; round < 2; round++) {
    order.forEach((i, rank) => {
      const previous = rank > 0 ? placed[order[rank - 1]!]! + gap : 0;
      placed[i] = Math.max(placed[i]!, previous);
    });
    [...order].reverse().forEach((i, rank, reversed) => {
      const next = rank > 0 ? placed[reversed[rank - 1]!]! - gap : length;
      placed[i] = Math.min(placed[i]!, next);
    });
  }
  return placed;
}

/** About as wide as a text is drawn at 13 pixels. */
export const textWidth = (text: string): number => Math.ceil(text.length * 6.6);

const quiet = { tickSize: 0, labelArrow: "none" } as const;

export const axisX = (
  { ticks }: Scale,
  label: string,
  options: Plot.AxisXOptions = {},
): Plot.Markish =>
  Plot.axisX({
    ...options,
    ...quiet,
    ticks,
    tickSize: 4,
    tickFormat: formatTick,
    label,
    labelAnchor: "center",
  });

export const axisY = ({ ticks }: Scale, label: string): Plot.Markish =>
  Plot.axisY({ ...quiet, ticks, tickFormat: formatTick, label });
