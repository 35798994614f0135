import { type Case, flopsOf, sgemm } from "./cases.ts";
import type { Measurement } from "./measure.ts";

/** One contestant's result in one case, as --json prints it; null where it could not compute. */
export interface Row {
  case: string;
  engine: string;
  /** Threads of each process. */
  threads: number;
  /** Processes at work at the same time. */
  processes: number;
  /** Median over the rounds of the milliseconds per finished step. */
  msPerStep: number | null;
  /** The best round. */
  minMs: number | null;
  /** Operations of the plain algorithm per second, at the median; see flopsOf. */
  gflops: number | null;
  /** `gflops` in units of what sgemm reached on as many cores; exceeds 1 where work is saved. */
  effectiveFractionOfPeak: number | null;
  /** Median over the rounds of the time in units of the case's best contestant's. */
  ratioToBest: number | null;
  /** Peak resident memory of one process, in MB. */
  rssMb: number | null;
  rounds: number;
  /** Milliseconds per finished step of every round, in order. */
  timesMs: number[];
  /** Cores that other processes used, at worst, while a round was timed. */
  foreignCores: number;
  /** Milliseconds to load the libraries. */
  loadMs: number | null;
  /** Milliseconds to trace and compile the step; null where nothing is compiled. */
  compileMs: number | null;
  /** The form of the optimizer that the process chose, or null. */
  variant: string | null;
  /** Why there are no times, or null. */
  note: string | null;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Median of the ratios round by round: what slows both of them for a while cancels. */
export const ratioOf = (times: readonly number[], reference: readonly number[]): number =>
  median(times.map((time, i) => time / reference[i]!));

/** The row with the smallest median; undefined where none has one. */
export function fastest<R extends Pick<Row, "msPerStep">>(rows: readonly R[]): R | undefined {
  const timed = rows.filter(({ msPerStep }) => msPerStep !== null);
  return timed.sort((a, b) => a.msPerStep! - b.msPerStep!)[0];
}

/** GFLOP/s of sgemm by the number of busy cores: the best round of any engine. */
export type Peaks = ReadonlyMap<number, number>;

export function peaksOf(rows: readonly Row[]): Peaks {
  const peaks = new Map<number, number>();
  for (const row of rows.filter((r) => r.case === sgemm.name && r.minMs !== null)) {
    const cores = row.threads * row.processes;
    const gflops = flopsOf(sgemm) / row.minMs! / 1e6;
    peaks.set(cores, Math.max(gflops, peaks.get(cores) ?? 0));
  }
  return peaks;
}

/** @param peaks as far as known; those of the sgemm case are taken from its own rows. */
export function toRows(measured: Case, measurements: readonly Measurement[], peaks: Peaks): Row[] {
  const flops = flopsOf(measured);
  const rows = measurements.map((measurement): Row => {
    const { contestant, timesMs, foreignCores, rssMb, variant, ready, failure } = measurement;
    const msPerStep = timesMs.length > 0 ? median(timesMs) : null;
    return {
      case: measured.name,
      engine: contestant.engine,
      threads: contestant.threads,
      processes: contestant.processes,
      msPerStep,
      minMs: timesMs.length > 0 ? Math.min(...timesMs) : null,
      gflops: msPerStep && flops / msPerStep / 1e6,
      effectiveFractionOfPeak: null,
      ratioToBest: null,
      rssMb,
      rounds: timesMs.length,
      timesMs,
      foreignCores: Math.max(0, ...foreignCores),
      loadMs: ready?.loadMs ?? null,
      compileMs: ready?.compileMs ?? null,
      variant,
      note: failure,
    };
  });
  const best = fastest(rows);
  const known = measured.kind === "sgemm" ? peaksOf(rows) : peaks;
  return rows.map((row) => {
    const peak = known.get(row.threads * row.processes);
    return {
      ...row,
      effectiveFractionOfPeak: row.gflops && peak ? row.gflops / peak : null,
      ratioToBest: best && row.msPerStep ? ratioOf(row.timesMs, best.timesMs) : null,
    };
  });
}
