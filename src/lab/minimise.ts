import { keep, type Optimizer, type Scalar, type Variable } from "@tensorflow/tfjs-core";

/**
 * One step of an optimizer down the loss, giving back whatever else was computed on the way, which
 * optimizer.minimize() would dispose of.
 * @param compute numbers by name, e.g. { loss, accuracy }; `loss` is minimised.
 * @returns the same numbers, from before the step.
 */
export function minimise<R extends { loss: Scalar }>(
  optimizer: Optimizer,
  compute: () => R,
  variables?: Variable[],
): R {
  const kept: [string, Scalar][] = [];
  optimizer.minimize(
    () => {
      const results = compute();
      for (const [name, result] of Object.entries(results)) kept.push([name, keep(result.clone())]);
      return results.loss;
    },
    false,
    variables,
  );
  return Object.fromEntries(
    kept.map(([name, result]) => {
      const own = result.clone();
      result.dispose();
      return [name, own];
    }),
  ) as R;
}
