import type { PatternName } from "./pictures.ts";
import { side } from "./scaling.ts";

const isOdd = (at: number, width: number): boolean => Math.floor(at / width) % 2 === 1;

interface Ellipse {
  x: number;
  y: number;
  radiusX: number;
  radiusY: number;
}

/** How far out from the middle of an ellipse a pixel lies; 1 on its edge. */
const reach = (x: number, y: number, at: Ellipse): number =>
  Math.hypot((x - at.x) / at.radiusX, (y - at.y) / at.radiusY);

const ellipse = { x: 13, y: 13.5, radiusX: 14, radiusY: 7 };
const disc = { x: 14, y: 13.5, radiusX: 14.5, radiusY: 14.15 };
/** Of the crescent, the grey part of the disc that the inner ellipse leaves of the outer one. */
const outer = { x: 14, y: 13.5, radiusX: 7.5, radiusY: 7.2 };
const inner = { x: 16, y: 15.5, radiusX: 5.8, radiusY: 5.4 };

/** One dot and the black around it, repeated all over. */
const dot = [
  [1, 0.5, 0, 0],
  [1, 0, 0, 0],
  [0, 0, 0, 0],
  [0, 0, 0, 0],
] as const;

/** Brightness in [0, 1] of the pixel in column x and row y, both from 0. */
const brightness: Record<PatternName, (x: number, y: number) => number | boolean> = {
  "small-square": (x, y) => x >= 7 && x < 14 && y >= 7 && y < 14,
  "thin-stripes": (x) => isOdd(x, 1),
  "wide-stripes": (x) => !isOdd(x, 4),
  gradient: (x) => x / (side - 1),
  "dot-grid": (x, y) => dot[y % 4]![x % 4]!,
  "disc-crescent": (x, y) =>
    reach(x, y, outer) <= 1 && reach(x, y, inner) > 1 ? 0.5 : reach(x, y, disc) <= 1,
  ellipse: (x, y) => reach(x, y, ellipse) < 1,
};

/**
 * A test pattern as in the published figures: fitted there to every pixel of figure 3, within 0.15
 * of what is printed once the blur of the print is undone.
 * @returns [784], white on black in [0, 1].
 */
export function drawPattern(name: PatternName): Float32Array {
  const at = brightness[name];
  return Float32Array.from({ length: side * side }, (_, pixel) =>
    Number(at(pixel % side, Math.floor(pixel / side))),
  );
}
