import type { patternNames } from "../experiment.ts";

type PatternName = (typeof patternNames)[number];

const side = 28;
const centre = (side - 1) / 2;

const isInDisc = (row: number, column: number, y: number, x: number, radius: number) =>
  Math.hypot(row - y, column - x) <= radius;

/** Grey level in [0, 1] by row and column; geometry measured from the published figures. */
const level: Record<PatternName, (row: number, column: number) => number> = {
  "small-square": (row, column) =>
    Number(row >= 7 && row <= 13 && column >= 7 && column <= 13),
  "thin-stripes": (_, column) => Number(column % 2 === 0),
  "wide-stripes": (_, column) => Number(Math.floor(column / 4) % 2 === 0),
  gradient: (_, column) => column / (side - 1),
  "dot-grid": (row, column) => Number(row % 4 < 2 && column % 4 < 2),
  "disc-crescent": (row, column) => {
    if (!isInDisc(row, column, centre, centre, side / 2)) return 0;
    const isCrescent =
      isInDisc(row, column, 13, 13.5, 7) && !isInDisc(row, column, 16, 16.5, 6.5);
    return isCrescent ? 0.45 : 1;
  },
  ellipse: (row, column) =>
    Number(((column - centre) / 14) ** 2 + ((row - centre) / 7.5) ** 2 <= 1),
};

/** [784], in [0, 1] */
export const drawPattern = (name: PatternName): Float32Array =>
  Float32Array.from({ length: side * side }, (_, i) => level[name](Math.floor(i / side), i % side));
