import { availableParallelism } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Case } from "./cases.ts";
import { type Child, startChild } from "./child.ts";
import type { Contestant } from "./contestant.ts";
import type { Ready } from "./protocol.ts";
import { isDisturbed, type Patience, quiet, startMeter } from "./quiet.ts";

export interface Effort {
  rounds: number;
  /** A timing repeats steps for about this long at least. */
  minMs: number;
  patience: Patience;
}

/** What one contestant did with one case. */
export interface Measurement {
  contestant: Contestant;
  /** Milliseconds per finished step, one value per round; empty where it failed. */
  timesMs: number[];
  /** Cores that other processes used during each of these. */
  foreignCores: number[];
  /** Peak resident memory of its largest process, in MB. */
  rssMb: number | null;
  /** The form of the optimizer that its process chose, or null. */
  variant: string | null;
  ready: Ready | null;
  /** Why there are no times, or null. */
  failure: string | null;
}

/** Threads of thread pools spin a while before they sleep; the next contestant waits for that. */
const settleMs = 30;

interface Entrant extends Measurement {
  children: Child[];
  steps: number;
}

interface Time {
  /** Milliseconds per finished step. */
  stepMs: number;
  foreignCores: number;
}

/** All its processes make the steps at the same time. */
async function time(entrant: Entrant, steps: number): Promise<Time> {
  const { children } = entrant;
  const foreign = startMeter();
  const startedMs = performance.now();
  const timings = await Promise.all(children.map((child) => child.time({ steps })));
  const wallMs = performance.now() - startedMs;
  const foreignCores = foreign(timings.reduce((sum, { cpuMs }) => sum + cpuMs, 0));
  const sizes = timings.flatMap(({ rssMb }) => rssMb ?? []);
  entrant.variant = timings[0]!.variant;
  entrant.rssMb = sizes.length > 0 ? Math.max(...sizes) : null;
  // A single process measures itself, without the way there and back.
  const stepMs =
    children.length === 1 ? timings[0]!.ms / steps : wallMs / (steps * children.length);
  return { stepMs, foreignCores };
}

/** The least disturbed of several timings; a single one where nobody disturbs it. */
async function timeQuietly(entrant: Entrant, patience: Patience): Promise<Time> {
  await pause(settleMs);
  let best = await time(entrant, entrant.steps);
  while (isDisturbed(best.foreignCores) && patience.leftMs > 0) {
    await quiet(patience);
    const startedMs = performance.now();
    const next = await time(entrant, entrant.steps);
    if (next.foreignCores < best.foreignCores) best = next;
    patience.leftMs -= performance.now() - startedMs;
  }
  return best;
}

/** Lets as many actions run at a time as there are cores. */
function createGate() {
  let free = availableParallelism();
  const waiting: (() => void)[] = [];
  return async <T>(act: () => Promise<T>): Promise<T> => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    return act().finally(() => {
      const next = waiting.shift();
      if (next) next();
      else free++;
    });
  };
}

/** The processes of all contestants; two of them with equal setups share theirs. */
function createPool(measured: Case) {
  const children = new Map<string, Promise<Child>>();
  const gate = createGate();
  return {
    take({ command, internal, engine, threads, processes }: Contestant): Promise<Child[]> {
      const wanted = Array.from({ length: processes }, (_, i) => {
        const key = `${engine}/${threads}/${i}`;
        const setup = { case: measured, engine: internal, threads };
        const started = children.get(key) ?? gate(() => startChild(command, setup));
        children.set(key, started);
        return started;
      });
      return Promise.all(wanted);
    },
    async close(): Promise<void> {
      const started = await Promise.allSettled(children.values());
      await Promise.all(started.map((s) => s.status === "fulfilled" && s.value.close()));
    },
  };
}

async function attempt(entrant: Entrant, act: () => Promise<void>): Promise<void> {
  if (entrant.failure !== null) return;
  try {
    await act();
  } catch (error) {
    entrant.failure = error instanceof Error ? error.message : String(error);
    entrant.timesMs = [];
  }
}

/**
 * Times a case in rounds A B C A B C …, each contestant in processes of its own that are idle while
 * the others compute, so that what slows the machine for a while slows them all.
 */
export async function measure(
  measured: Case,
  contestants: readonly Contestant[],
  { rounds, minMs, patience }: Effort,
): Promise<Measurement[]> {
  const pool = createPool(measured);
  try {
    const entrants = await Promise.all(
      contestants.map(async (contestant) => {
        const entrant: Entrant = {
          contestant,
          timesMs: [],
          foreignCores: [],
          rssMb: null,
          variant: null,
          ready: null,
          failure: null,
          children: [],
          steps: 0,
        };
        await attempt(entrant, async () => {
          entrant.children = await pool.take(contestant);
          entrant.ready = entrant.children[0]!.ready;
        });
        return entrant;
      }),
    );
    for (const entrant of entrants) {
      await attempt(entrant, async () => {
        const { minSteps, processes } = entrant.contestant;
        // The first steps take longer; where even they are few, they need no second look.
        let { stepMs } = await time(entrant, 2);
        if (2 * processes * stepMs < minMs) ({ stepMs } = await time(entrant, 2));
        entrant.steps = Math.max(2, minSteps, Math.ceil(minMs / (processes * stepMs)));
      });
    }
    for (let round = 0; round < rounds; round++) {
      for (const entrant of entrants) {
        await attempt(entrant, async () => {
          const { stepMs, foreignCores } = await timeQuietly(entrant, patience);
          entrant.timesMs.push(stepMs);
          entrant.foreignCores.push(foreignCores);
        });
      }
    }
    return entrants.map(({ children: _children, steps: _steps, ...measurement }) => measurement);
  } finally {
    await pool.close();
  }
}
