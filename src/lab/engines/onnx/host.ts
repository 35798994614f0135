import { TraceError } from "./kernel.ts";

/** Not a whole number of minutes, hours or days, and more than float32 rounds a date by. */
const laterMs = 100_012_347;

/** Runs `body` without random numbers of the host, which a trace would repeat in every step. */
export function withoutRandom<T>(body: () => T): T {
  const { random } = Math;
  Math.random = refuseRandom;
  try {
    return body();
  } finally {
    Math.random = random;
  }
}

function refuseRandom(): never {
  throw new TraceError(
    "the step draws random numbers on the host (Math.random, as tf.dropout and tf.randomUniform " +
      "without a seed do), which a trace would repeat in every step; use uniform() or dropout() of " +
      "the onnx engine, or pass the numbers in as a batch",
  );
}

/** Runs `body` with clocks that show more than a day later. */
export function withLaterClock<T>(body: () => T): T {
  const { now } = performance;
  const { Date } = globalThis;
  const later = () => Date.now() + laterMs;
  performance.now = () => now.call(performance) + laterMs;
  globalThis.Date = new Proxy(Date, {
    construct: (target, given, newTarget) =>
      Reflect.construct(target, given.length > 0 ? given : [later()], newTarget) as object,
    get: (target, key) => (key === "now" ? later : (Reflect.get(target, key) as unknown)),
  });
  try {
    return body();
  } finally {
    globalThis.Date = Date;
    performance.now = now;
  }
}
