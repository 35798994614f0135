import { UserError } from "../../../error.ts";
import { formatBytes, formatCount } from "../../format.ts";
import { describe } from "../contract.ts";
import { transposeMatrix } from "./build.ts";
import { modelBytes } from "./encode.ts";
import { plainGraph } from "./loop.ts";
import { sortedValues } from "./order.ts";
import type { GraphProto } from "./proto/onnx_pb.js";
import type { Data, Value } from "./value.ts";

/** Protobuf ends at 2³¹ − 1 bytes; what is left is for nodes. */
const largestData = 2 ** 31 - 2 ** 24;

interface Ports {
  values: readonly Value[];
  names: readonly string[];
}

/**
 * A graph as a file for other runtimes: operators of ONNX's own domain, and the caller's names.
 * @param variables names of arrays, which weights that hold them get.
 * @throws UserError for too few or too many names, unusable or equal ones, and a file above 2 GB.
 */
export function exportedModel(
  inputs: Ports,
  outputs: Ports,
  variables: ReadonlyMap<Data, string>,
): Uint8Array {
  if (!Array.isArray(outputs.names)) {
    throw new UserError(
      `exportModel() takes a list of output names, and got ${describe(outputs.names)}`,
      {
        hint: 'give one name for each tensor that the function returns, e.g. ["logits"]',
      },
    );
  }
  if (outputs.names.length !== outputs.values.length) {
    throw new UserError(
      `the function to export returns ${formatCount(outputs.values.length, "tensor")}, but ` +
        `gets ${formatCount(outputs.names.length, "output name")}`,
      { hint: "give one name for each tensor, in their order" },
    );
  }
  const names = [...inputs.names, ...outputs.names];
  checkNames(names);
  standardise(outputs.values);
  checkSize(outputs.values);
  const ports = ({ values }: Ports, prefix: string) =>
    values.map((value, i) => ({ value, name: `${prefix}_${i}` }));
  const [taken, given] = [ports(inputs, "in"), ports(outputs, "out")];
  const graph = plainGraph(taken, given);
  renameAll(
    graph,
    new Map([...taken, ...given].map(({ name }, i) => [name, names[i]!])),
    weightNames(outputs.values, variables),
  );
  return modelBytes(graph);
}

function checkNames(names: readonly string[]): void {
  names.forEach((name, i) => {
    if (typeof name !== "string") {
      throw new UserError(`an input or output of the model to export is named ${describe(name)}`, {
        hint: 'give each a name that is text, e.g. { name: "x", shape: [1, 784] }',
      });
    }
    const quoted = `“${JSON.stringify(name).slice(1, -1)}”`;
    if (name === "") {
      throw new UserError("an input or output of the model to export has an empty name", {
        hint: "name each of them",
      });
    }
    if (/[\p{Cc}\p{Cs}]/u.test(name)) {
      throw new UserError(`the name ${quoted} in the model to export is not plain text`, {
        hint: "names hold no control characters and no halves of surrogate pairs",
      });
    }
    if (names.indexOf(name) !== i) {
      throw new UserError(`the name ${quoted} stands twice in the model to export`, {
        hint: "inputs and outputs need names of their own",
      });
    }
  });
}

/** ONNX's own matrix product does not transpose. */
function standardise(outputs: readonly Value[]): void {
  for (const value of sortedValues(outputs)) {
    const { operator, inputs, attributes } = value.node!;
    if (operator !== "FusedMatMul") continue;
    const operands = inputs.map((input, i) => {
      const flag = attributes[i === 0 ? "transA" : "transB"];
      return flag && "int" in flag && flag.int === 1 ? transposeMatrix(input) : input;
    });
    value.node = { operator: "MatMul", domain: "", inputs: operands, attributes: {} };
  }
}

function checkSize(outputs: readonly Value[]): void {
  const read = [...outputs, ...sortedValues(outputs).flatMap(({ node }) => node!.inputs)];
  const size = [...new Set(read)].reduce((sum, { data }) => sum + (data?.byteLength ?? 0), 0);
  if (size <= largestData) return;
  throw new UserError(
    `the model to export holds ${formatBytes(size)} of numbers, an ONNX file at most ` +
      formatBytes(largestData),
    { hint: "export a smaller model, or its parts one by one" },
  );
}

/** Names of variables by those of the values that hold the same array, reshaped or not. */
function weightNames(
  outputs: readonly Value[],
  variables: ReadonlyMap<Data, string>,
): Map<string, string> {
  const read = [...outputs, ...sortedValues(outputs).flatMap(({ node }) => node!.inputs)];
  return new Map(
    read.flatMap(({ name, data }) => {
      const variable = data && variables.get(data);
      return variable ? [[name, variable]] : [];
    }),
  );
}

/**
 * Gives inputs and outputs their public names, weights those of their variables, and way to those
 * names everywhere else.
 */
function renameAll(
  graph: GraphProto,
  names: ReadonlyMap<string, string>,
  weights: ReadonlyMap<string, string>,
): void {
  const given = new Map(names);
  const taken = new Set(names.values());
  const rename = (name: string): string => {
    const known = given.get(name);
    if (known !== undefined) return known;
    let free = weights.get(name) ?? name;
    while (taken.has(free)) free += "_";
    given.set(name, free);
    taken.add(free);
    return free;
  };
  for (const node of graph.node) {
    node.input = node.input.map(rename);
    node.output = node.output.map(rename);
  }
  for (const named of [...graph.initializer, ...graph.input, ...graph.output]) {
    named.name = rename(named.name);
  }
}
