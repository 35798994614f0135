import { readArrays } from "#site/arrays";
import { oneLayerShares } from "../published.ts";
import { networks } from "./runs.ts";
import { formatMeasure } from "./words.ts";

/** Tables that hold a fully connected layer, as trained for the page, and in grey levels. */
export type OneLayerTable = "fcn-depth" | "fcn-grey";

/**
 * Shares of pixels of all tests that are darker than the greys of `oneLayerShares`, as one linear
 * layer answers from its first initial weights; null where it has no result.
 */
export function sharesOf(table: OneLayerTable): number[] | null {
  const layer = networks(table).find(({ row }) =>
    row.at.some(({ slug }) => slug === "1-layer-linear"),
  );
  const pictures = layer?.row.out["pictures"];
  const outputs = pictures && readArrays(pictures)?.["outputs"];
  if (!outputs) return null;
  const { data, shape } = outputs;
  const pixels = Array.from(data as ArrayLike<number>).slice(data.length / shape[0]!);
  return oneLayerShares.map(
    ({ below }) => pixels.filter((pixel) => pixel < below).length / pixels.length,
  );
}

/** e.g. "0.59, 0.71, 0.80 and 0.88" */
export function tellShares(of: OneLayerTable | "published"): string {
  const shares = of === "published" ? oneLayerShares.map(({ share }) => share) : sharesOf(of);
  if (!shares) return "–";
  return new Intl.ListFormat("en-GB").format(shares.map(formatMeasure));
}
