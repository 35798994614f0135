import { create, toBinary } from "@bufbuild/protobuf";
import { onnxType } from "./build.ts";
import { sortedValues } from "./order.ts";
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  ModelProtoSchema,
  type NodeProto,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from "./proto/onnx_pb.js";
import type { Attribute, Data, DType, Value } from "./value.ts";

const operatorSet = 18n;
const intermediateRepresentation = 9n;

function attributeProto(name: string, attribute: Attribute): AttributeProto {
  const type = AttributeProto_AttributeType;
  if ("int" in attribute) {
    return create(AttributeProtoSchema, { name, type: type.INT, i: BigInt(attribute.int) });
  }
  if ("ints" in attribute) {
    const ints = attribute.ints.map(BigInt);
    return create(AttributeProtoSchema, { name, type: type.INTS, ints });
  }
  if ("float" in attribute) {
    return create(AttributeProtoSchema, { name, type: type.FLOAT, f: attribute.float });
  }
  const s = new TextEncoder().encode(attribute.string);
  return create(AttributeProtoSchema, { name, type: type.STRING, s });
}

export function nodeProto(
  operator: string,
  input: string[],
  output: string[],
  attributes: Record<string, Attribute> = {},
  domain = "",
): NodeProto {
  return create(NodeProtoSchema, {
    opType: operator,
    input,
    output,
    domain,
    attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
  });
}

/** Raw bytes are little-endian in ONNX, as typed arrays are on every machine ONNX Runtime has. */
export function tensorProto(
  name: string,
  shape: readonly number[],
  data: Data,
  dtype: DType,
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: shape.map(BigInt),
    dataType: onnxType(dtype),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  });
}

/** A named input or output; a dimension may be a symbol, e.g. "steps". */
export function valueInfo(
  name: string,
  shape: readonly (number | string)[],
  dtype: DType | "bfloat16",
): ValueInfoProto {
  const dim = shape.map((d) => ({
    value:
      typeof d === "string"
        ? { case: "dimParam" as const, value: d }
        : { case: "dimValue" as const, value: BigInt(d) },
  }));
  const tensorType = { elemType: onnxType(dtype), shape: { dim } };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: tensorType } },
  });
}

/**
 * Nodes and constants that lead to `outputs`, as a graph without declared inputs and outputs.
 * @param inputs values that come from outside, constants among them.
 */
export function graphBody(
  outputs: readonly Value[],
  inputs: readonly Value[],
): { node: NodeProto[]; initializer: TensorProto[] } {
  const initializers = new Map<Value, TensorProto>();
  const given = new Set(inputs);
  const declare = (value: Value) => {
    if (!value.data || given.has(value) || initializers.has(value)) return;
    initializers.set(value, tensorProto(value.name, value.shape, value.data, value.dtype));
  };
  const node = sortedValues(outputs).map((value) => {
    const { operator, domain, inputs, attributes, output } = value.node!;
    const { index, count } = output ?? { index: 0, count: 1 };
    inputs.forEach(declare);
    return nodeProto(
      operator,
      inputs.map((i) => i.name),
      Array.from({ length: count }, (_, i) => (i === index ? value.name : `${value.name}_${i}`)),
      attributes,
      domain,
    );
  });
  outputs.forEach(declare);
  return { node, initializer: [...initializers.values()] };
}

/** An output needs a node of its own: this gives a value a public name. */
export const rename = (value: Value, name: string): NodeProto =>
  nodeProto("Identity", [value.name], [name]);

export function graphProto(parts: {
  name: string;
  node: NodeProto[];
  initializer?: TensorProto[];
  input: ValueInfoProto[];
  output: ValueInfoProto[];
}): GraphProto {
  return create(GraphProtoSchema, parts);
}

export function modelBytes(graph: GraphProto): Uint8Array {
  const usesMicrosoft = domainsOf(graph).has("com.microsoft");
  const model = create(ModelProtoSchema, {
    irVersion: intermediateRepresentation,
    producerName: "vitrine",
    graph,
    opsetImport: [
      { domain: "", version: operatorSet },
      ...(usesMicrosoft ? [{ domain: "com.microsoft", version: 1n }] : []),
    ],
  });
  return toBinary(ModelProtoSchema, model);
}

function domainsOf(graph: GraphProto): Set<string> {
  const domains = new Set<string>();
  for (const node of graph.node) {
    domains.add(node.domain);
    for (const { g } of node.attribute) if (g) for (const d of domainsOf(g)) domains.add(d);
  }
  return domains;
}
