import type { SiteRow, SiteTable } from "../lab/site-index.ts";
import { repeatsOf } from "./measures.ts";
import { plural } from "./numbers.ts";

/** e.g. "width 1, 2, 4, 8 · 3 seeds" */
export function describeAxes({ axes }: Pick<SiteTable, "axes">): string {
  const repeats = repeatsOf({ axes });
  const described = axes.map(({ name, label = name, values }) => {
    const labels = values.map(({ label }) => label);
    if (repeats.includes(name)) return plural(labels.length, label);
    if (labels.length > 6) return `${label} ${labels[0]!} … ${labels.at(-1)!} (${labels.length})`;
    return `${label} ${labels.join(", ")}`;
  });
  return described.join(" · ") || "one run";
}

/** e.g. " · 1 failed, 2 blocked"; empty where all are done. */
export function describeStatuses(rows: readonly Pick<SiteRow, "status">[]): string {
  const counts = new Map<string, number>();
  for (const { status } of rows) counts.set(status, (counts.get(status) ?? 0) + 1);
  counts.delete("done");
  const described = [...counts].map(([status, count]) => `${count} ${status}`);
  return described.length > 0 ? ` · ${described.join(", ")}` : "";
}
