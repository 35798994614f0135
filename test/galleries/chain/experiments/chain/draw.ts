import type { Code } from "#lab/task";
import type { draw } from "./tasks.ts";

const run: Code<typeof draw> = async ({ inputs: { curve } }) => {
  const points = curve.x.map((x, i) => `${x.toFixed(3)},${(-(curve.y[i] ?? 0)).toFixed(3)}`);
  const svg =
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-1.2 -1.2 2.4 2.4" width="240" height="240">' +
    `<polyline points="${points.join(" ")}" fill="none" stroke="currentColor" stroke-width=".03"/></svg>`;
  return { drawing: new TextEncoder().encode(svg) };
};

export default run;
