import { describe, expect, test } from "vitest";
import type { NetworkSpec } from "../../../bench/networks.ts";
import type { Optimizer } from "../../../src/lab/optimizers/options.ts";
import { tensorflowAbsent } from "./absent.ts";
import { expectSame, models, tolerances, train, type Trained } from "./compare.ts";

/** Five steps on the cpu backend, which take half a minute where they convolve: made once. */
const references = new Map<string, Promise<Trained>>();
function referenceOf(model: NetworkSpec, optimizer: Optimizer): Promise<Trained> {
  const key = JSON.stringify([model, optimizer]);
  const found = references.get(key) ?? train("cpu", model, optimizer, 5);
  references.set(key, found);
  return found;
}

const engines = [
  { engine: "onnx", form: "winograd", absent: null },
  { engine: "onnx-im2col", form: "direct", absent: null },
  { engine: "tensorflow", form: "direct", absent: tensorflowAbsent },
] as const;

describe.each(engines)("on $engine", ({ engine, form, absent }) => {
  describe.skipIf(absent !== null).each(models)("$kind of $layers layers", (model) => {
    test.each(tolerances)(
      "five steps of $kind equal the cpu backend's",
      async (optimizer, limit) => {
        const reference = await referenceOf(model, optimizer);
        expectSame(await train(engine, model, optimizer, 5), reference, limit[form]);
      },
    );
  });
});

test("training twice gives the same bytes", async () => {
  const model = models[2]!;
  const [a, b] = [
    await train("onnx", model, { kind: "ngd", cap: 0.05, lossFraction: 0.5, settling: 0 }, 10),
    await train("onnx", model, { kind: "ngd", cap: 0.05, lossFraction: 0.5, settling: 0 }, 10),
  ];
  expect(a.final).toEqual(b.final);
  expect(a.losses).toEqual(b.losses);
});
