import { plainModel } from "./loop.ts";
import { sortedValues } from "./order.ts";
import { createSession, fromOrt, tensor } from "./session.ts";
import type { Data, Value } from "./value.ts";

/** Shapes and axes stay in the graph, where operators want constants. */
const smallest = 64;

/**
 * Computes values of a graph without inputs, once. Its large constants are fed as inputs: left in
 * the graph, ONNX Runtime would compute everything while it loads the model, and keep all of it.
 */
export function computeValues(values: readonly Value[], threads: number): Data[] {
  const used = [...values, ...sortedValues(values).flatMap(({ node }) => node!.inputs)];
  const fed = [...new Set(used)].filter(({ data }) => data && data.length > smallest);
  const outputs = values.map((value, i) => ({ value, name: `out_${i}` }));
  const model = plainModel(
    fed.map((value) => ({ value, name: value.name })),
    outputs,
  );
  const session = createSession(model, threads);
  try {
    const feeds = fed.map(({ name, data, shape, dtype }) => [name, tensor(data!, shape, dtype)]);
    const found = session.run(
      Object.fromEntries(feeds) as Parameters<typeof session.run>[0],
      outputs.map(({ name }) => name),
    );
    return outputs.map(({ value, name }) => fromOrt(found[name]!, value.dtype));
  } finally {
    session.dispose();
  }
}
