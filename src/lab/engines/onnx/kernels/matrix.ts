import { add, matMul, unary } from "../build.ts";
import { type Lowering, type LoweringTable, TraceError } from "../kernel.ts";
import type { Value } from "../value.ts";

const activations: Record<string, string> = {
  relu: "Relu",
  tanh: "Tanh",
  sigmoid: "Sigmoid",
  elu: "Elu",
};

/** The activation that TF.js fuses into matMul and conv2d. */
export function activate(value: Value, activation: unknown): Value {
  if (!activation || activation === "linear") return value;
  const operator = activations[String(activation)];
  if (!operator) {
    throw new TraceError(
      `the fused activation ${String(activation)} cannot be traced; apply it as an op of its own`,
    );
  }
  return unary(operator, value);
}

const batchMatMul: Lowering = ({ inputs: { a, b }, attributes }) =>
  matMul(a!, b!, Boolean(attributes["transposeA"]), Boolean(attributes["transposeB"]));

export const matrix: LoweringTable = {
  BatchMatMul: batchMatMul,
  _FusedMatMul: (call) => {
    const product = batchMatMul(call) as Value;
    const { bias } = call.inputs;
    return activate(bias ? add(product, bias) : product, call.attributes["activation"]);
  },
};
