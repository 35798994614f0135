import type { PatternName } from "./pictures.ts";
import { side } from "./scaling.ts";

/** Points per pixel and axis at which the value is taken: edges become smooth. */
const samples = 4;

const stripe = (at: number, width: number) => Math.floor(at / width) % 2 === 0;
const inEllipse = (x: number, y: number, radiusX: number, radiusY = radiusX) =>
  (x / radiusX) ** 2 + (y / radiusY) ** 2 <= 1;

/** A disc without the part that the same disc, three pixels further right and down, covers. */
const inCrescent = (x: number, y: number) =>
  inEllipse(x - 14.5, y - 13.5, 7.5) && !inEllipse(x - 17.5, y - 16.5, 7.5);

/** Brightness at x to the right and y down, in pixels from the upper left corner. */
const brightness: Record<PatternName, (x: number, y: number) => number | boolean> = {
  "small-square": (x, y) => x >= 7 && x < 14 && y >= 7 && y < 14,
  "thin-stripes": (x) => stripe(x, 1),
  "wide-stripes": (x) => stripe(x, 4),
  gradient: (x) => Math.floor(x) / (side - 1),
  "dot-grid": (x, y) => stripe(x, 2) && stripe(y, 2),
  "disc-crescent": (x, y) => (inCrescent(x, y) ? 0.45 : inEllipse(x - 14, y - 14, 14)),
  ellipse: (x, y) => inEllipse(x - 14, y - 14, 14, 7.5),
};

/**
 * A test pattern as in the published figures, measured there to about one pixel.
 * @returns [784], white on black in [0, 1].
 */
export function drawPattern(name: PatternName): Float32Array {
  const at = brightness[name];
  return Float32Array.from({ length: side * side }, (_, pixel) => {
    const [left, top] = [pixel % side, Math.floor(pixel / side)];
    let sum = 0;
    for (let i = 0; i < samples ** 2; i++) {
      const [dx, dy] = [i % samples, Math.floor(i / samples)];
      sum += Number(at(left + (dx + 0.5) / samples, top + (dy + 0.5) / samples));
    }
    return sum / samples ** 2;
  });
}
