import type { Code } from "#lab/task";
import type { measure } from "./tasks.ts";

const run: Code<typeof measure> = async ({ inputs: { shapes } }) => {
  const { pixels, labels, classes } = shapes;
  const [count, height, width] = pixels.shape as [number, number, number];
  const area = height * width;
  const names = classes.labels.class;
  const brightness = new Float64Array(count);
  const means = new Float32Array(names.length * area);
  for (let i = 0; i < count; i++) {
    const shape = labels.data[i]!;
    for (let at = 0; at < area; at++) {
      const level = pixels.data[i * area + at]! / 255;
      brightness[i]! += level / area;
      means[shape * area + at]! += level / classes.data[shape]!;
    }
  }
  return {
    brightness: {
      picture: pixels.labels.picture,
      shape: [...labels.data].map((label) => names[label]!),
      brightness: [...brightness],
    },
    means: {
      tiles: {
        data: means,
        shape: [1, names.length, height, width],
        labels: { row: ["mean"], column: names },
      },
    },
  };
};

export default run;
