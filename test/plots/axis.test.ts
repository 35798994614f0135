import fc from "fast-check";
import { expect, test } from "vitest";
import { scaleOf, spread } from "../../src/plots/axis.ts";

const axis = { label: "", log: false, range: null };

test("ticks are round numbers within the scale", () => {
  expect(scaleOf(axis, [0, 1], 5, { room: 0 }).ticks).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(scaleOf({ ...axis, log: true }, [1e-4, 1], 4).ticks).toEqual([1e-4, 1e-3, 1e-2, 1e-1, 1]);
});

test("short logarithmic scales have ticks between powers of ten", () => {
  expect(scaleOf({ ...axis, log: true }, [0.5, 1.6], 4).ticks.length).toBeGreaterThanOrEqual(3);
});

test("declared ranges are the ends, unless numbers lie outside", () => {
  expect(scaleOf({ ...axis, range: [0, 1] }, [0.2, 0.4], 4).domain).toEqual([0, 1]);
  expect(scaleOf({ ...axis, range: [0, 1] }, [0.2, 1.4], 4).domain[1]).toBeGreaterThan(1.4);
});

test("every number lies on its scale, which has ticks", () => {
  const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
  fc.assert(
    fc.property(fc.array(number, { minLength: 1 }), fc.boolean(), (numbers, log) => {
      const { domain, ticks, type } = scaleOf({ ...axis, log }, numbers, 5);
      const shown = type === "log" ? numbers.filter((n) => n > 1e-300) : numbers;
      const isOn = (n: number): boolean => n >= domain[0] && n <= domain[1];
      expect(domain[1]).toBeGreaterThan(domain[0]);
      if (type === "log" || !log) expect(shown.every(isOn)).toBe(true);
      expect(ticks.length).toBeLessThan(30);
    }),
  );
});

test("positions are moved apart within their space, in their order", () => {
  expect(spread([10, 12, 90], 15, 100)).toEqual([10, 25, 90]);
  expect(spread([98, 99], 15, 100)).toEqual([85, 100]);
});
