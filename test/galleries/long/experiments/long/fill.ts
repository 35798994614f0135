import { split } from "#lab/random";
import type { Code } from "#lab/task";
import type { fill } from "./tasks.ts";

const run: Code<typeof fill> = async ({ params: { size, seed } }) => {
  const random = split(seed, "all");
  const draw = (length: number) => Float32Array.from({ length }, () => random.uniform());
  const steps = Array.from({ length: size }, (_, i) => i);
  return {
    size,
    half: size / 2,
    course: { step: steps, height: steps.map(() => random.normal()) },
    words: { word: steps.map((i) => `word ${i}`), count: steps },
    pictures: { pictures: { data: draw(size * 16), shape: [size, 4, 4] } },
    weights: { weights: { data: draw(size * 100), shape: [size, 100] } },
  };
};

export default run;
