import {
  graphBody,
  graphProto,
  modelBytes,
  nodeProto,
  rename,
  tensorProto,
  valueInfo,
} from "./encode.ts";
import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type GraphProto,
  type NodeProto,
} from "./proto/onnx_pb.js";
import { onnxType } from "./build.ts";
import { unreadable } from "./session.ts";
import type { Trace } from "./trace.ts";
import type { Value } from "./value.ts";

/** Names of a loop model's inputs and outputs. */
export const names = {
  steps: "steps",
  batch: (input: Value) => `batch_${input.name}`,
  state: (value: Value) => `state_${value.name}`,
  result: (i: number) => `result_${i}`,
  next: (value: Value) => `next_${value.name}`,
};

/**
 * The traced step as the body of an ONNX Loop: variables are carried, batches come stacked on a
 * leading axis [steps, …], results go out stacked alike. One run does any number of steps, and so
 * pays once for what ONNX Runtime does per run: copying every output.
 * @param stopBelow the loop ends after the step whose first result is less than this, or NaN.
 */
export function loopModel(
  { inputs, outputs, states }: Trace,
  stopBelow: number | null,
): Uint8Array {
  const changed = states.filter((state) => state.after !== state.before);
  const constantState = states.filter((state) => state.after === state.before);
  const results = outputs.map((value, i) => ({ value, name: names.result(i) }));
  const { node, initializer } = graphBody([...changed.map((s) => s.after), ...outputs], inputs);
  const publisher = createPublisher();
  const nexts = changed.map(({ before, after }) => ({
    before,
    name: publisher.nameOf(after, `after_${before.name}`),
  }));
  const stepResults = results.map(({ value, name }) => ({
    value,
    name: publisher.nameOf(value, `step_${name}`),
  }));
  const body = graphProto({
    name: "step",
    node: [
      ...inputs.map((input) =>
        nodeProto("Gather", [names.batch(input), "iteration"], [input.name], { axis: { int: 0 } }),
      ),
      ...node,
      ...(stopBelow === null
        ? [nodeProto("Identity", ["go"], ["go_on"])]
        : [nodeProto("GreaterOrEqual", [outputs[0]!.name, "stop_below"], ["go_on"])]),
      ...publisher.nodes,
    ],
    initializer: [
      ...initializer,
      tensorProto("stop_below", [], Float32Array.of(stopBelow ?? 0), "float32"),
    ],
    input: [
      valueInfo("iteration", [], "int64"),
      valueInfo("go", [], "bool"),
      ...changed.map(({ before }) => valueInfo(before.name, before.shape, before.dtype)),
    ],
    output: [
      valueInfo("go_on", [], "bool"),
      ...nexts.map(({ before, name }) => valueInfo(name, before.shape, before.dtype)),
      ...stepResults.map(({ value, name }) => valueInfo(name, value.shape, value.dtype)),
    ],
  });
  const loop = nodeProto(
    "Loop",
    [names.steps, "", ...changed.map(({ before }) => names.state(before))],
    [...changed.map(({ before }) => names.next(before)), ...results.map(({ name }) => name)],
  );
  const type = AttributeProto_AttributeType.GRAPH;
  loop.attribute.push(create(AttributeProtoSchema, { name: "body", type, g: body }));
  return modelBytes(
    graphProto({
      name: "training",
      node: [
        ...constantState.map(({ before }) =>
          nodeProto("Identity", [names.state(before)], [before.name]),
        ),
        loop,
      ],
      input: [
        valueInfo(names.steps, [], "int64"),
        ...inputs.map((input) =>
          valueInfo(names.batch(input), ["steps", ...input.shape], input.dtype),
        ),
        ...states.map(({ before }) => valueInfo(names.state(before), before.shape, before.dtype)),
      ],
      output: [
        ...changed.map(({ before }) => valueInfo(names.next(before), before.shape, before.dtype)),
        ...results.map(({ value, name }) =>
          valueInfo(name, ["steps", ...value.shape], value.dtype),
        ),
      ],
    }),
  );
}

/** Names under which a graph gives values out, and the nodes that make those names. */
function createPublisher(): { nodes: NodeProto[]; nameOf(value: Value, name: string): string } {
  const nodes: NodeProto[] = [];
  const taken = new Set<Value>();
  return {
    nodes,
    // A node's output leaves the graph once under its own name; a new name would cost a copy.
    nameOf(value, name) {
      if (value.node && !taken.has(value)) {
        taken.add(value);
        return value.name;
      }
      nodes.push(rename(value, name));
      return name;
    },
  };
}

interface Port {
  value: Value;
  name: string;
}

/**
 * A plain model: inputs to outputs by the given names, constants inside. A value under its own name
 * needs no node, and no copy, to enter or to leave.
 */
export const plainModel = (inputs: Port[], outputs: Port[]): Uint8Array =>
  modelBytes(plainGraph(inputs, outputs));

/** The same for a session's runInto(), which has outputs written where they are wanted. */
export function directModel(inputs: Port[], outputs: Port[]): Uint8Array {
  const graph = plainGraph(inputs, outputs);
  const attributes = { to: { int: onnxType("bfloat16") } };
  graph.initializer.push(tensorProto("zero", [], Float32Array.of(0), "float32"));
  graph.node.push(nodeProto("Cast", ["zero"], [unreadable], attributes));
  graph.output.unshift(valueInfo(unreadable, [], "bfloat16"));
  return modelBytes(graph);
}

export function plainGraph(inputs: Port[], outputs: Port[]): GraphProto {
  const { node, initializer } = graphBody(
    outputs.map(({ value }) => value),
    inputs.map(({ value }) => value),
  );
  return graphProto({
    name: "model",
    node: [
      ...inputs.flatMap(({ value, name }) =>
        name === value.name ? [] : [nodeProto("Identity", [name], [value.name])],
      ),
      ...node,
      ...outputs.flatMap(({ value, name }) => (name === value.name ? [] : [rename(value, name)])),
    ],
    initializer,
    input: inputs.map(({ value, name }) => valueInfo(name, value.shape, value.dtype)),
    output: outputs.map(({ value, name }) => valueInfo(name, value.shape, value.dtype)),
  });
}
