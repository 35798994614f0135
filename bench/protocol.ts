import type { Case } from "./cases.ts";

/*
 * What a measuring process is told and tells: one line of JSON each, over standard input and
 * output. It computes only between a request and its answer, and ends with its input.
 */

/** The first line a process reads. */
export interface Setup {
  case: Case;
  /** What computes, e.g. "onnx" or "tfjs-wasm"; for PyTorch the memory format. */
  engine: string;
  threads: number;
}

/** Its answer. */
export interface Ready {
  /** Milliseconds to load the libraries. */
  loadMs: number;
  /** Milliseconds to trace and compile the step; null where nothing is compiled. */
  compileMs: number | null;
}

/** Every further line: so many steps, please. */
export interface Request {
  steps: number;
}

export interface Timing {
  /** Milliseconds for all the steps. */
  ms: number;
  /** Milliseconds of work on all cores together. */
  cpuMs: number;
  /** Peak resident memory of the process so far, in MB of 10⁶ bytes; null where it cannot tell. */
  rssMb: number | null;
  /** Which of several forms of the optimizer was the fastest, where the process chose one. */
  variant: string | null;
}

/** Any answer may be this one instead; the process ends after it. */
export interface Failure {
  error: string;
}
