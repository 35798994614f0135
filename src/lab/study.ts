import type { AnyTask } from "./task.ts";
import type { Table } from "./table.ts";

export const profiles = ["default", "quick", "small", "full"] as const;
export type Profile = (typeof profiles)[number];

export interface Study<T extends Record<string, Table<AnyTask>> = Record<string, Table<AnyTask>>> {
  /** For people. */
  title: string;
  /** One sentence for lists. */
  description?: string;
  /** In the order of pages. */
  tables: T;
}

/** What experiments/<id>/study.ts exports by default: the study under a profile. */
export type StudyModule = (profile: Profile) => Study;

/** Declares a study: WHAT is run, by profile ("quick" is for a first look, "small" for a check of every kind of run, "full" for hours). */
export function defineStudy<const T extends Record<string, Table<AnyTask>>>(
  declare: (profile: Profile) => Study<T>,
): (profile: Profile) => Study<T> {
  return declare;
}
