import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { bundleCode, hashCode } from "../../src/lab/code-hash.ts";
import { temporaryFolder } from "./folder.ts";

async function hashOf(entry: string, imported: string): Promise<string> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, "entry.ts"), entry);
  await writeFile(join(folder, "imported.ts"), imported);
  return hashCode(join(folder, "entry.ts"));
}

const entry = `import { twice } from "./imported.ts";\nconsole.log(twice(21));\n`;
const imported = `export const twice = (x: number): number => 2 * x;\n`;

test("depends on what is computed, wherever it stands, and not on how it is written", async () => {
  const hash = await hashOf(entry, imported);
  const commented = `/** Doubles. */\n${imported.replace("x: number", "value:  number").replace("2 * x", "2 * value")}`;
  expect(await hashOf(`// Why.\n${entry}`, commented)).toBe(hash);
  expect(await hashOf(entry, imported.replace("2", "3"))).not.toBe(hash);
  const unused = `${imported}export const thrice = (x: number): number => 3 * x;\n`;
  expect(await hashOf(entry, unused)).toBe(hash);
});

test("sees the kernels, and neither pages nor planning", async () => {
  const code = await bundleCode(new URL("../../src/lab/run.ts", import.meta.url).pathname);
  expect(code).toContain("MatMul");
  expect(code).not.toContain("not trained yet");
  expect(code).not.toContain("<svg");
});
