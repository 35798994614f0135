import type { ResultRow } from "../results.ts";
import { formatSmall, plural } from "./words.ts";

/** e.g. "not converged: loss 0.3 after 2,000 steps"; null where there is nothing to warn of. */
export function unconverged({ converged, record }: ResultRow<"train">): string | null {
  if (converged !== false || !record) return null;
  const { loss, steps } = record.training;
  return `not converged: loss ${formatSmall(loss)} after ${plural(steps, "step")}`;
}
