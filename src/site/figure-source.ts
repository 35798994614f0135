import { plural } from "./numbers.ts";
import type { RowView } from "./results.ts";
import { select } from "./selection.ts";
import type { Context } from "./study-context.ts";

/** Runs that a figure shows, each once, and what they have in common in a few words. */
export function sourceOf({ study, outline }: Context, id: string) {
  const own = outline.figures.find((figure) => figure.id === id);
  const addresses = study.figures[id]?.front.shows ?? own?.shows ?? [];
  const rows = addresses.flatMap((address) => select(study.id, address).rows);
  const runs = [...new Map(rows.map((row) => [row.key, row])).values()];
  const seeds = new Set(rows.flatMap(seedOf));
  const facts = seeds.size > 1 ? [plural(seeds.size, "seed")] : [];
  return { facts, runs: runs.map(({ key, label, name }) => ({ key, label: label || name })) };
}

const seedOf = ({ at }: RowView): string[] =>
  at.flatMap(({ axis, slug }) => (axis === "seed" ? [slug] : []));
