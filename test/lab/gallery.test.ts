import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { loadExperiments } from "../../src/lab/gallery.ts";
import { temporaryFolder } from "./folder.ts";

const declaration = (id: string): string =>
  `export default { id: "${id}", title: "", config: {}, runs: [], publish: [] };\n`;

async function load(files: Record<string, string>) {
  const folder = await temporaryFolder();
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return loadExperiments(folder);
}

test("loads every experiment of a folder, by name", async () => {
  const experiments = await load({
    "b.ts": declaration("b"),
    "a.ts": declaration("a"),
    "notes.md": "no experiment",
  });
  expect(experiments.map(({ id }) => id)).toEqual(["a", "b"]);
});

test.each<[string, Record<string, string>]>([
  ["holds no .ts file", {}],
  ["declares the experiment “b”, expected “a”", { "a.ts": declaration("b") }],
  ["does not export an experiment by default", { "a.ts": "export const a = 1;\n" }],
  ["cannot be loaded: ", { "a.ts": "export default (;\n" }],
  ["cannot be loaded: no data today", { "a.ts": `throw new Error("no data today");\n` }],
])("says that a folder or file %s", async (message, files) => {
  await expect(load(files)).rejects.toMatchObject({
    name: "UserError",
    message: expect.stringContaining(message),
  });
});

test("says that a folder does not exist", async () => {
  const folder = join(await temporaryFolder(), "absent");
  await expect(loadExperiments(folder)).rejects.toThrow("does not exist");
});
