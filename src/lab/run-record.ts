import type { StoredOutput } from "./collect.ts";
import type { schemaVersion } from "./graph.ts";

/** What a run read, as its record keeps it. */
export type InputRecord =
  | { data: string; description: string }
  | {
      /** Key of the run. */
      run: string;
      output: string;
      /** Of the file that was read, hexadecimal. */
      sha256: string;
    }
  | InputRecord[];

/** Of a program: how it was called, its version, and the variables it was given. */
export interface CommandProvenance {
  argv: readonly string[];
  /** Null where it does not tell. */
  version: string | null;
  passed: Record<string, string>;
}

export interface RunProvenance {
  /** Engine id; null where none was used. */
  engine: string | null;
  /** Packages that compute: name → version, node included. */
  versions: Record<string, string>;
  /** SHA-256 of the code that ran. */
  code: string;
  /** ISO 8601, UTC. */
  started: string;
  seconds: number;
  threads: number;
  cpu: string;
  command?: CommandProvenance;
}

/** results/<key>/run.json */
export interface StudyRecord {
  schema: typeof schemaVersion;
  key: string;
  task: string;
  params: unknown;
  /** "stopped" ended early, for a reason in its results. */
  status: "done" | "stopped";
  reason: string | null;
  inputs: Record<string, InputRecord>;
  /** Of outputs of the kind value. */
  values: Record<string, unknown>;
  outputs: Record<string, StoredOutput>;
  provenance: RunProvenance;
  /** Other files of the run: name → SHA-256 and size. */
  files: Record<string, { sha256: string; bytes: number }>;
}
