import type { CodeToRun } from "./bundle.ts";
import type { Output } from "./output.ts";
import type { Progress } from "./task.ts";

/** Where a process finds an input. */
export type InputFile =
  { kind: Output["kind"]; path: string; labels?: string } | { list: InputFile[] };

/** Everything that the process of a run needs; plain JSON. */
export interface Job {
  key: string;
  /** e.g. "fits/degree=1", for people. */
  name: string;
  code: CodeToRun;
  params: unknown;
  inputs: Record<string, InputFile>;
  outputs: Record<string, { kind: Output["kind"]; file: string }>;
  engine: { name: string; threads: number };
  /** Folder to be filled with the outputs. */
  out: string;
}

/** What the process of a module is told, once. */
export interface WorkRequest {
  job: Job;
  bundle: string;
}

/** What the process of a run tells; the last word is "ended" or "failed". */
export type Reply =
  | { type: "progress"; progress: Progress }
  | { type: "ended"; stopped: string | null }
  | { type: "failed"; reason: string; log: string[] };
