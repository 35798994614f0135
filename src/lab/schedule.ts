/** How one item of a schedule ended. */
export type Ended<R> =
  | { state: "ended"; result: R }
  /** Not begun, since something it needs did not end well. */
  | { state: "blocked"; by: string };

export interface Schedule<T, R> {
  /** Most wanted first. */
  items: readonly T[];
  keyOf: (item: T) => string;
  /** Keys of items that must end well before; those that are not among the items are there already. */
  needs: (item: T) => readonly string[];
  /** Items at a time. */
  slots: number;
  perform: (item: T) => Promise<R>;
  endedWell: (result: R) => boolean;
  signal: AbortSignal;
}

/**
 * Performs items when what they need has ended well, the most wanted first, a few at a time. One
 * that ends badly blocks only what needs it.
 * @returns how each ended, by key; what was not begun before the signal's abort is missing.
 */
export async function followSchedule<T, R>(
  schedule: Schedule<T, R>,
): Promise<Map<string, Ended<R>>> {
  const { items, keyOf, needs, slots, perform, endedWell, signal } = schedule;
  const waiting = new Map(items.map((item) => [keyOf(item), item]));
  const begun = new Map<string, Promise<void>>();
  const ended = new Map<string, Ended<R>>();
  const isBad = (key: string): boolean => {
    const end = ended.get(key);
    return end !== undefined && (end.state === "blocked" || !endedWell(end.result));
  };

  /** Blocks all that waits for what ended badly, however far down. */
  const block = (): void => {
    for (let changed = true; changed;) {
      changed = false;
      for (const [key, item] of waiting) {
        const by = needs(item).find(isBad);
        if (by === undefined) continue;
        waiting.delete(key);
        ended.set(key, { state: "blocked", by });
        changed = true;
      }
    }
  };

  const begin = (key: string, item: T): void => {
    waiting.delete(key);
    const work = perform(item).then((result) => {
      ended.set(key, { state: "ended", result });
      begun.delete(key);
    });
    begun.set(key, work);
  };

  for (;;) {
    block();
    for (const [key, item] of waiting) {
      if (begun.size >= slots || signal.aborted) break;
      if (needs(item).every((need) => !waiting.has(need) && !begun.has(need))) begin(key, item);
    }
    if (begun.size === 0) return ended;
    await Promise.race(begun.values());
  }
}
