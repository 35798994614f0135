import { readFile, rm, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";

const folder = new URL("../../../src/lab/engines/onnx/", import.meta.url);

test("the README's example runs and does what it says", async () => {
  const text = await readFile(new URL("README.md", folder), "utf8");
  const example = /```ts\n([\s\S]*?)```/
    .exec(text)![1]!
    .replace("step.run(100)", "export const losses = step.run(100)")
    .replace("\nevaluate(", "\nexport const doubled = evaluate(")
    .replace("model.run(", "export const tripled = model.run(")
    .replace("\nexportModel(", "\nexport const bytes = exportModel(");
  const file = new URL("readme-example.tmp.ts", folder);
  await writeFile(file, example);
  try {
    const found = (await import(/* @vite-ignore */ file.href)) as {
      losses: Float32Array[];
      doubled: Float32Array[];
      tripled: Float32Array[];
      bytes: Uint8Array;
    };
    expect(found.losses[0]).toHaveLength(100);
    expect(found.losses[0]!.at(-1)).toBeLessThan(1e-6);
    expect(found.doubled[0]![0]).toBeCloseTo(6, 3);
    expect(found.tripled[0]![0]).toBeCloseTo(15, 3);
    expect(found.bytes.length).toBeGreaterThan(50);
  } finally {
    await rm(file);
  }
});
