import { backend_util, util } from "@tensorflow/tfjs-core";
import {
  add,
  cast,
  constant,
  emit,
  floating,
  matMul,
  numeric,
  reshape,
  scalar,
  transposeMatrix,
  unary,
  where,
} from "../build.ts";
import { type Call, type Lowering, type LoweringTable, TraceError } from "../kernel.ts";
import { toData, type Value } from "../value.ts";
import { elu, leakyRelu, prelu, relu6, sigmoid } from "./elementwise.ts";

const activations: Record<string, (x: Value) => Value> = {
  relu: (x) => unary("Relu", x),
  relu6,
  tanh: (x) => unary("Tanh", x),
  sigmoid,
  elu,
};

/** The activation that TF.js fuses into matMul and convolutions. */
export function activate(value: Value, { inputs, attributes }: Call): Value {
  const activation = attributes["activation"] as string | undefined;
  if (!activation || activation === "linear") return value;
  const plain = activations[activation];
  if (plain) return plain(value);
  if (activation === "leakyrelu") return leakyRelu(value, attributes["leakyreluAlpha"]);
  if (activation === "prelu") return prelu(value, inputs["preluActivationWeights"]!);
  throw new TraceError(
    `the fused activation ${activation} cannot be traced; apply it as an op of its own`,
  );
}

/** ONNX Runtime multiplies whole numbers by the plain operator alone. */
function wholeProduct(a: Value, b: Value, transposeA: boolean, transposeB: boolean): Value {
  const x = transposeA ? transposeMatrix(a) : a;
  const y = transposeB ? transposeMatrix(b) : b;
  const batch = backend_util.assertAndGetBroadcastShape(x.shape.slice(0, -2), y.shape.slice(0, -2));
  return emit("MatMul", [x, y], [...batch, x.shape.at(-2)!, y.shape.at(-1)!], "int32");
}

const batchMatMul: Lowering = ({ inputs: { a, b }, attributes }) => {
  const [transposeA, transposeB] = [attributes["transposeA"], attributes["transposeB"]].map(
    Boolean,
  );
  const inner = [a!.shape.at(transposeA ? -2 : -1), b!.shape.at(transposeB ? -1 : -2)] as const;
  util.assert(
    inner[0] === inner[1],
    () => `matMul: the inner dimensions ${inner[0]} and ${inner[1]} differ`,
  );
  const isWhole = a!.dtype !== "float32" && b!.dtype !== "float32";
  if (isWhole) return wholeProduct(numeric(a!), numeric(b!), transposeA!, transposeB!);
  return matMul(floating(a!), floating(b!), transposeA!, transposeB!);
};

const einsum: Lowering = ({ list, attributes }) => {
  const equation = (attributes["equation"] as string).replace(/\s/g, "");
  type Tensors = Parameters<typeof backend_util.checkEinsumDimSizes>[2];
  const { allDims, idDims } = backend_util.decodeEinsumEquation(equation, list.length);
  backend_util.checkEinsumDimSizes(allDims.length, idDims, list as unknown as Tensors);
  const sizes = new Map<number, number>();
  idDims.forEach((dims, i) => dims.forEach((dim, k) => sizes.set(dim, list[i]!.shape[k]!)));
  const outputLabels = equation.split("->")[1]!;
  const shape = [...outputLabels].map((label) => sizes.get(allDims.indexOf(label))!);
  return emit("Einsum", list, shape, list[0]!.dtype, { equation: { string: equation } });
};

/** A tensor of twice the rank that is x where both halves of the indices agree, else 0. */
const diagonal: Lowering = ({ inputs: { x } }) => {
  const n = x!.size;
  const eye = Array.from({ length: n * n }, (_, i) => Number(i % (n + 1) === 0));
  const isDiagonal = constant(toData(eye, "bool"), [n, n], "bool");
  const entries = numeric(x!);
  const matrix = where(isDiagonal, reshape(entries, [n, 1]), scalar(0, entries.dtype));
  return cast(reshape(matrix, [...x!.shape, ...x!.shape]), x!.dtype);
};

export const matrix: LoweringTable = {
  BatchMatMul: batchMatMul,
  _FusedMatMul: (call) => {
    const product = batchMatMul(call) as Value;
    const { bias } = call.inputs;
    return activate(bias ? add(product, bias) : product, call);
  },
  Einsum: einsum,
  Diag: diagonal,
};
