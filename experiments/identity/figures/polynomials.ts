import { results } from "#site/results";
import type { BiasVarianceData } from "./bias-variance.ts";

/** The errors of polynomial fits by degree, or why there are none. */
export function biasVariance(): { data: BiasVarianceData | null; reason: string | null } {
  const [row] = results("identity", "bias-variance");
  const table = row?.out["curve"]?.table as Record<string, number[]> | null | undefined;
  if (!table) return { data: null, reason: row?.reason ?? null };
  const { degree = [], biasSquared = [], variance = [], total = [] } = table;
  const curve = degree.map((at, i) => ({
    degree: at,
    biasSquared: biasSquared[i]!,
    variance: variance[i]!,
    total: total[i]!,
  }));
  return { data: { curve, optimum: row!.out["optimum"]!.value as number }, reason: null };
}
