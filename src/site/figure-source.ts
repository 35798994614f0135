import { repeatsOf } from "./measures.ts";
import { plural } from "./numbers.ts";
import { type Selection, select } from "./selection.ts";
import type { Context } from "./study-context.ts";

/** Runs that a figure shows, each once, and what they have in common in a few words. */
export function sourceOf({ study, outline }: Context, id: string) {
  const own = outline.figures.find((figure) => figure.id === id);
  const addresses = study.figures[id]?.front.shows ?? own?.shows ?? [];
  const selections = addresses.map((address) => select(study.id, address));
  const rows = selections.flatMap(({ rows }) => rows);
  const runs = [...new Map(rows.map((row) => [row.key, row])).values()];
  return {
    facts: describeRepeats(selections),
    runs: runs.map(({ key, label, name }) => ({ key, label: label || name })),
  };
}

/** e.g. ["3 seeds"] */
function describeRepeats(selections: readonly Selection[]): string[] {
  const places = new Map<string, Set<string>>();
  for (const { table, rows } of selections) {
    const repeats = repeatsOf(table);
    for (const { axis, slug } of rows.flatMap(({ at }) => at)) {
      if (repeats.includes(axis)) places.set(axis, (places.get(axis) ?? new Set()).add(slug));
    }
  }
  return [...places].flatMap(([axis, slugs]) => (slugs.size > 1 ? [plural(slugs.size, axis)] : []));
}
