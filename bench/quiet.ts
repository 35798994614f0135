import { cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";

/** Cores that other processes may use during a timing. */
const tolerated = 0.15;

/** Milliseconds of work that all cores have done since the machine started. */
const busyMs = (): number =>
  cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);

/** How many cores others use meanwhile. @param own milliseconds of work that are ours. */
export function startMeter(): (ownMs: number) => number {
  const startedMs = performance.now();
  const startedBusyMs = busyMs();
  return (ownMs) => {
    const elapsedMs = performance.now() - startedMs;
    return Math.max(0, (busyMs() - startedBusyMs - ownMs) / elapsedMs);
  };
}

/** Milliseconds that a run may yet wait for others to be done; shared by all its cases. */
export interface Patience {
  leftMs: number;
}

const lookMs = 100;

/** Waits until nobody else uses the machine, as long as there is patience. */
export async function quiet(patience: Patience): Promise<void> {
  for (; patience.leftMs > 0; patience.leftMs -= lookMs) {
    const meter = startMeter();
    await pause(lookMs);
    if (meter(0) <= tolerated) return;
  }
}

export const isDisturbed = (foreignCores: number): boolean => foreignCores > tolerated;
