import type { Random } from "#lab/random";

export const shapes = ["bar", "cross", "disc", "ring"] as const;

/** Pixels along a side. */
export const side = 8;

/** Whether a shape covers a point at (u, v) from its centre, in pixels. */
const covers: Record<(typeof shapes)[number], (u: number, v: number) => boolean> = {
  bar: (u, v) => Math.abs(u) < 0.9 && Math.abs(v) < 3,
  cross: (u, v) => Math.min(Math.abs(u), Math.abs(v)) < 0.9 && Math.hypot(u, v) < 3,
  disc: (u, v) => Math.hypot(u, v) < 2.4,
  ring: (u, v) => Math.abs(Math.hypot(u, v) - 2.2) < 0.8,
};

/** One picture, [side · side], black to white, with normal noise and its centre off by up to a pixel. */
export function drawShape(shape: (typeof shapes)[number], noise: number, random: Random) {
  const [du, dv] = [2 * random.uniform() - 1, 2 * random.uniform() - 1];
  const middle = (side - 1) / 2;
  return Float32Array.from({ length: side * side }, (_, i) => {
    const [u, v] = [(i % side) - middle - du, Math.floor(i / side) - middle - dv];
    return (covers[shape](u, v) ? 1 : 0) + noise * random.normal();
  });
}
