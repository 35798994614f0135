import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { batches, schedule } from "../../src/lab/batches.ts";

const numbered = (count: number) => ({
  data: Float32Array.from({ length: count }, (_, i) => i),
  shape: [count],
});

describe("batches", () => {
  test("hold every example once an epoch, arrays in the same order, however steps are cut", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 9 }),
        (count, wish, cut) => {
          const size = Math.min(wish, count);
          const labels = { data: Int32Array.from({ length: count }, (_, i) => -i), shape: [count] };
          const { x, y } = batches({ x: numbered(count), y: labels }, { size, seed: 3 });
          const steps = 3 * count;
          const whole = [...x.take(0, steps)];
          expect([...y.take(0, steps)]).toEqual(whole.map((v) => (v === 0 ? 0 : -v)));
          for (let epoch = 0; (epoch + 1) * count <= whole.length; epoch++) {
            const seen = whole.slice(epoch * count, (epoch + 1) * count);
            expect(seen.toSorted((a, b) => a - b)).toEqual([...numbered(count).data]);
          }
          const parts: number[] = [];
          for (let made = 0; made < steps; made += cut) {
            parts.push(...x.take(made, Math.min(cut, steps - made)));
          }
          expect(parts).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("differ between epochs and seeds; unshuffled ones do not", () => {
    const order = (seed: number, shuffle = true) => [
      ...batches({ x: numbered(8) }, { size: 8, seed, shuffle }).x.take(0, 2),
    ];
    expect(order(1)).not.toEqual(order(2));
    expect(order(1).slice(0, 8)).not.toEqual(order(1).slice(8));
    expect(order(1, false)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 0, 1, 2, 3, 4, 5, 6, 7]);
  });

  test("dropping leaves out what does not fill the last batch", () => {
    const { x } = batches({ x: numbered(7) }, { size: 3, seed: 1, last: "drop" });
    const taken = [...x.take(0, 4)];
    expect(new Set(taken.slice(0, 6)).size).toBe(6);
    expect(new Set(taken.slice(6)).size).toBe(6);
  });

  test("rows keep their shape", () => {
    const data = Float32Array.from({ length: 12 }, (_, i) => i);
    const { x } = batches({ x: { data, shape: [3, 2, 2] } }, { size: 1, seed: 1, shuffle: false });
    expect(x.spec).toEqual({ shape: [1, 2, 2], dtype: "float32" });
    expect([...x.take(1, 1)]).toEqual([4, 5, 6, 7]);
  });

  test("what does not fit is refused", () => {
    expect(() => batches({ x: numbered(3), y: numbered(4) }, { size: 2, seed: 1 })).toThrow(
      "batches of arrays with 3 and 4 examples",
    );
    expect(() => batches({ x: numbered(3) }, { size: 4, seed: 1 })).toThrow(
      "batches of 4 from 3 examples",
    );
  });

  test("a schedule gives a number a step", () => {
    expect([...schedule((step) => 2 ** -step).take(1, 3)]).toEqual([0.5, 0.25, 0.125]);
  });
});
