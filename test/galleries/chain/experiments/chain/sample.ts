import { split } from "#lab/random";
import type { Code } from "#lab/task";
import type { sample } from "./tasks.ts";

const run: Code<typeof sample> = async ({ params: { points, seed } }) => {
  const noise = split(seed, "noise");
  const x = Float64Array.from({ length: points }, (_, i) => (i / (points - 1)) * 2 - 1);
  const y = x.map((x) => Math.sin(2 * x) + 0.1 * noise.normal());
  return { points: { x: { data: x, shape: [points] }, y: { data: y, shape: [points] } } };
};

export default run;
