import type { NamedAttrMap } from "@tensorflow/tfjs-core";
import { add, binary, expand, floating, mul, scalar, sub, unary, where } from "./build.ts";
import { type LoweringTable, TraceError } from "./kernel.ts";
import type { Value } from "./value.ts";

/** A complex tensor, which ONNX Runtime does not have, as two real ones of equal shape. */
export interface Complex {
  real: Value;
  imaginary: Value;
}

/** One tensor of a kernel's call: its name, and null as imaginary part if it is real. */
export interface Part {
  key: string;
  dataId: object;
  real: Value;
  imaginary: Value | null;
}

/** Kernels that treat real and imaginary parts alike, and each alone. */
const componentwise = new Set([
  "Add",
  "AddN",
  "Concat",
  "ExpandDims",
  "GatherV2",
  "Identity",
  "Mean",
  "Neg",
  "Pack",
  "Reshape",
  "Reverse",
  "Select",
  "Slice",
  "SplitV",
  "StridedSlice",
  "Sub",
  "Sum",
  "Tile",
  "Transpose",
  "Unpack",
  "ZerosLike",
]);

const filledLike = (x: Value, value: number): Value => expand(scalar(value), x.shape);

const asComplex = ({ real, imaginary }: Part): Complex => ({
  real: floating(real),
  imaginary: imaginary ?? filledLike(real, 0),
});

/** A real number has none; indices and conditions hold for both parts. */
const imaginaryOf = ({ real, imaginary }: Part): Value =>
  imaginary ?? (real.dtype === "float32" ? filledLike(real, 0) : real);

function product(a: Complex, b: Complex): Complex {
  return {
    real: sub(mul(a.real, b.real), mul(a.imaginary, b.imaginary)),
    imaginary: add(mul(a.real, b.imaginary), mul(a.imaginary, b.real)),
  };
}

/** Scaled by the larger part, so that squares neither overflow nor vanish. */
function magnitude({ real, imaginary }: Complex): Value {
  const [x, y] = [unary("Abs", real), unary("Abs", imaginary)];
  const larger = binary("Max", x, y, "float32");
  const ratio = binary("Div", binary("Min", x, y, "float32"), larger, "float32");
  const length = mul(larger, unary("Sqrt", add(mul(ratio, ratio), scalar(1))));
  return where(binary("Equal", larger, scalar(0), "bool"), larger, length);
}

/** Whether a call has to do with complex numbers. */
export const isComplexCall = (kernel: string, parts: Part[], attributes: NamedAttrMap): boolean =>
  kernel === "Complex" ||
  (kernel === "Cast" && attributes["dtype"] === "complex64") ||
  parts.some(({ imaginary }) => imaginary);

/**
 * Lowers a kernel of complex tensors to nodes on their parts.
 * @param table the kernels of real tensors.
 * @throws TraceError for kernels that have no complex form here.
 */
export function lowerComplex(
  kernel: string,
  parts: Part[],
  attributes: NamedAttrMap,
  table: LoweringTable,
): Value | Complex | Complex[] {
  const run = (values: Value[]) =>
    table[kernel]!({
      kernel,
      inputs: Object.fromEntries(parts.map(({ key }, i) => [key, values[i]!])),
      list: values,
      attributes,
    });
  const [a, b] = parts as [Part, Part];
  if (componentwise.has(kernel)) {
    const real = run(parts.map((part) => part.real));
    const imaginary = run(parts.map(imaginaryOf));
    if (!Array.isArray(real)) return { real, imaginary: imaginary as Value };
    return real.map((value, i) => ({ real: value, imaginary: (imaginary as Value[])[i]! }));
  }
  switch (kernel) {
    case "Complex":
      return { real: a.real, imaginary: b.real };
    case "Real":
      return a.real;
    case "Imag":
      return a.imaginary!;
    case "ComplexAbs":
      return magnitude(asComplex(a));
    case "Multiply":
      return product(asComplex(a), asComplex(b));
    case "OnesLike":
      return { real: filledLike(a.real, 1), imaginary: filledLike(a.real, 0) };
    case "Cast":
      return attributes["dtype"] === "complex64" ? asComplex(a) : (run([a.real]) as Value);
    default:
      throw new TraceError(
        `the onnx engine has no kernel ${kernel} for complex numbers; compute it from ` +
          "tf.real and tf.imag, or train with --engine cpu or --engine tensorflow",
      );
  }
}
