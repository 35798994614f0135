import type { StudyRecord } from "./run-record.ts";

export type Stored =
  | { state: "whole"; record: StudyRecord }
  | { state: "damaged"; reason: string }
  | { state: "missing" };

export interface Store {
  directory: string;
  read(key: string): Promise<Stored>;
  commit(
    key: string,
    output: { record: Omit<StudyRecord, "files">; files: Record<string, Uint8Array> },
    options?: { replace?: boolean },
  ): Promise<StudyRecord>;
  path(key: string): string;
}
