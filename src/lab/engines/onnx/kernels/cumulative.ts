import { util } from "@tensorflow/tfjs-core";
import { concat, constant, emit, expand, mul, numeric, scalar, slice } from "../build.ts";
import type { Call, Lowering, LoweringTable } from "../kernel.ts";
import { toData, type Value } from "../value.ts";

interface Direction {
  axis: number;
  exclusive: boolean;
  reverse: boolean;
}

function directionOf({ attributes: { axis, exclusive, reverse } }: Call, x: Value): Direction {
  return {
    axis: util.parseAxisParam(axis as number, x.shape)[0]!,
    exclusive: Boolean(exclusive),
    reverse: Boolean(reverse),
  };
}

const cumsum: Lowering = (call) => {
  const x = numeric(call.inputs["x"]!);
  const { axis, exclusive, reverse } = directionOf(call, x);
  return emit("CumSum", [x, constant(toData([axis], "int64"), [], "int64")], x.shape, x.dtype, {
    exclusive: { int: Number(exclusive) },
    reverse: { int: Number(reverse) },
  });
};

/** x moved along an axis by some places; ones take the freed places. */
function shifted(x: Value, places: number, { axis, reverse }: Direction): Value {
  const freed = x.shape.map((d, i) => (i === axis ? places : d));
  const ones = expand(scalar(1, x.dtype), freed);
  const kept = x.shape.map((d, i) => (i === axis ? d - places : d));
  const begin = x.shape.map((_, i) => (i === axis && reverse ? places : 0));
  const rest = slice(x, begin, kept);
  return concat(reverse ? [rest, ones] : [ones, rest], axis);
}

/** ONNX has no product: doubling the reach of partial products takes log₂ n multiplications. */
const cumprod: Lowering = (call) => {
  const x = numeric(call.inputs["x"]!);
  const direction = directionOf(call, x);
  const length = x.shape[direction.axis]!;
  let product = direction.exclusive && length > 0 ? shifted(x, 1, direction) : x;
  for (let reach = 1; reach < length; reach *= 2) {
    product = mul(product, shifted(product, reach, direction));
  }
  return product;
};

export const cumulative: LoweringTable = { Cumsum: cumsum, Cumprod: cumprod };
