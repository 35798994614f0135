import type { Exclusion } from "./excluded.ts";
import { type Group, groupNames, groupOf } from "./groups.ts";
import type { Result } from "./jasmine.ts";

export interface GroupSummary {
  group: Group;
  passed: number;
  failed: number;
  /** Failed, as the list of exclusions says. */
  excluded: number;
}

export interface Summary {
  groups: GroupSummary[];
  /** Tests that fail without being excluded. */
  failures: Result[];
  /** Excluded tests that pass or do not exist, as "file: name". */
  stale: string[];
}

const idOf = (file: string, name: string): string => `${file}: ${name}`;

export function summarise(results: readonly Result[], exclusions: readonly Exclusion[]): Summary {
  const known = new Set(
    exclusions.flatMap(({ tests }) =>
      Object.entries(tests).flatMap(([file, names]) => names.map((name) => idOf(file, name))),
    ),
  );
  const rows = new Map<Group, GroupSummary>(
    groupNames.map((group) => [group, { group, passed: 0, failed: 0, excluded: 0 }]),
  );
  const failures: Result[] = [];
  const stale = new Set(known);
  for (const result of results) {
    const row = rows.get(groupOf(result.file))!;
    const id = idOf(result.file, result.name);
    if (result.failures.length === 0) row.passed++;
    else if (known.has(id)) {
      row.excluded++;
      stale.delete(id);
    } else {
      row.failed++;
      failures.push(result);
    }
  }
  return { groups: [...rows.values()], failures, stale: [...stale] };
}

const countOf = ({ passed, failed, excluded }: GroupSummary): number => passed + failed + excluded;

/** Passed tests among all of a group; NaN if it has none. */
export const shareOf = (row: GroupSummary): number => row.passed / countOf(row);

/** A table for people, one line per group that has tests. */
export function formatSummary(engineName: string, { groups }: Summary): string {
  const lines = groups
    .filter((row) => countOf(row) > 0)
    .map((row) => {
      const share = `${(100 * shareOf(row)).toFixed(1)} %`;
      return [row.group, row.passed, row.failed, row.excluded, share];
    });
  return [[engineName, "passed", "failed", "excluded", ""], ...lines]
    .map(([name, ...cells]) =>
      [String(name).padEnd(16), ...cells.map((cell) => String(cell).padStart(9))].join(""),
    )
    .join("\n");
}
