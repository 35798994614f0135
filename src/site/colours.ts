import { slugOf } from "../lab/table.ts";

/** Colours of one series, as CSS: of marks, and of small text. */
export interface Colours {
  mark: string;
  text: string;
}

/** Colours that are told apart; see tokens.css. */
const palette = 6;

/**
 * The colour of what a name stands for: the study's own, `--concept-<name>` of its study.css, else
 * the next of the palette.
 * @param name e.g. "Adam", "test loss"
 */
export function coloursOf(name: string, index: number): Colours {
  const concept = slugOf(name).replaceAll(/[^\w-]+/g, "-");
  const series = (index % palette) + 1;
  return {
    mark: `var(--concept-${concept}, var(--series-${series}))`,
    text: `var(--concept-${concept}-text, var(--concept-${concept}, var(--series-${series}-text)))`,
  };
}

/** A colour for each place in an order, from light to strong. */
export function rampOf(index: number, count: number): Colours {
  const share = count < 2 ? 100 : Math.round(35 + (65 * index) / (count - 1));
  const mark = `color-mix(in oklab, var(--series-1) ${share}%, var(--ramp-start))`;
  return { mark, text: "var(--ink)" };
}
