import type { Code } from "#lab/task";
import type { fit } from "./tasks.ts";

const mean = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

const run: Code<typeof fit> = async ({ params, inputs }) => {
  const xs = Array.from(inputs.points.x.data as Float64Array);
  const ys = Array.from(inputs.points.y.data as Float64Array);
  const [centreX, centreY] = [mean(xs), mean(ys)];
  const covariance = mean(xs.map((x, i) => (x - centreX) * (ys[i]! - centreY)));
  const slope = params.degree === 0 ? 0 : covariance / mean(xs.map((x) => (x - centreX) ** 2));
  const parameters = [centreY - slope * centreX, slope];
  return {
    parameters,
    curve: { x: xs, y: xs.map((x) => parameters[0]! + slope * x) },
  };
};

export default run;
