import { results } from "#site/results";
import type { BiasVarianceData } from "./bias-variance.ts";

/** The errors of polynomial fits by degree, or why there are none. */
export function biasVariance(): { data: BiasVarianceData | null; reason: string | null } {
  const [row] = results("identity", "bias-variance");
  const { curve: errors, optimum } = row?.out ?? {};
  if (!errors?.table || !optimum) return { data: null, reason: row?.reason ?? null };
  const { degree, biasSquared, variance, total } = errors.table;
  const curve = degree.map((at, i) => ({
    degree: at,
    biasSquared: biasSquared[i]!,
    variance: variance[i]!,
    total: total[i]!,
  }));
  return { data: { curve, optimum: optimum.value }, reason: null };
}
