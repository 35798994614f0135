import { expect, test } from "vitest";
import { emit } from "../../../../src/lab/engines/onnx/build.ts";
import { directModel } from "../../../../src/lab/engines/onnx/loop.ts";
import { createSession, tensor, unreadable } from "../../../../src/lab/engines/onnx/session.ts";
import { Value } from "../../../../src/lab/engines/onnx/value.ts";

const x = new Value([3], "float32");
const doubled = emit("Add", [x, x], [3], "float32");
const ports = (value: Value) => [{ value, name: value.name }];

function createRun() {
  const session = createSession(directModel(ports(x), ports(doubled)), 1);
  const target = new Float32Array(3);
  return { session, target, targets: { [doubled.name]: tensor(target, [3], "float32") } };
}

test("outputs are written into the arrays that are given, and the binding copies none", () => {
  const { session, target, targets } = createRun();
  const feeds = { [x.name]: tensor(Float32Array.of(1, 2, 3), [3], "float32") };
  session.runInto(feeds, targets);
  expect([...target]).toEqual([2, 4, 6]);
  // A binding that can convert this output would copy the others again, unnoticed but for the time.
  expect(() => session.run(feeds, [unreadable])).toThrow("is not supported");
  session.dispose();
});

test("a failure of ONNX Runtime is not taken for the refusal", () => {
  const { session, targets } = createRun();
  const feeds = { [x.name]: tensor(new Float32Array(4), [4], "float32") };
  expect(() => session.runInto(feeds, targets)).toThrow(/dimension/i);
  session.dispose();
});
