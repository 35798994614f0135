import { add, binary, constant, emit, matMul, mul, reshape, scalar, sub } from "../build.ts";
import type { Call, LoweringTable } from "../kernel.ts";
import type { Value } from "../value.ts";

/** Sums over neighbouring channels, as a product with a band matrix. */
function sumNeighbours(x: Value, radius: number): Value {
  const channels = x.shape.at(-1)!;
  const band = Float32Array.from({ length: channels * channels }, (_, i) =>
    Number(Math.abs((i % channels) - Math.floor(i / channels)) <= radius),
  );
  const matrix = reshape(x, [x.size / channels, channels]);
  return reshape(matMul(matrix, constant(band, [channels, channels], "float32")), x.shape);
}

/** bias + alpha·Σ x² over the neighbouring channels. */
function denominator(x: Value, { attributes: { depthRadius, bias, alpha } }: Call): Value {
  const sum = sumNeighbours(mul(x, x), depthRadius as number);
  return add(mul(sum, scalar(Number(alpha))), scalar(Number(bias)));
}

const power = (x: Value, exponent: number): Value =>
  emit("Pow", [x, scalar(exponent)], x.shape, "float32");

/** Local response normalisation: y = x / (bias + alpha·Σ x²)^beta. */
export const response: LoweringTable = {
  LRN: (call) => {
    const x = call.inputs["x"]!;
    return mul(x, power(denominator(x, call), -Number(call.attributes["beta"])));
  },
  LRNGrad: (call) => {
    const { x, y, dy } = call.inputs as Record<"x" | "y" | "dy", Value>;
    const { depthRadius, alpha, beta } = call.attributes as Record<string, number>;
    const norm = denominator(x, call);
    const shared = sumNeighbours(binary("Div", mul(dy, y), norm, "float32"), depthRadius!);
    const through = mul(mul(x, shared), scalar(2 * alpha! * beta!));
    return sub(mul(dy, power(norm, -beta!)), through);
  },
};
