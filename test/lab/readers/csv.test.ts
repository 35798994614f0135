import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { beforeEach, expect, test } from "vitest";
import { csv } from "../../../src/lab/data.ts";
import { temporaryFolder } from "../folder.ts";
import { complaintOf, readAll } from "./read.ts";

let folder: string;
let cacheDirectory: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  cacheDirectory = await temporaryFolder();
});

async function write(text: string, name = "data.csv"): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}
const complain = async (text: string, ...options: [] | [Parameters<typeof csv>[1]]) =>
  complaintOf(async () => readAll(csv(await write(text), options[0]!), { cacheDirectory }));

test("all columns are numbers unless said otherwise", async () => {
  const path = await write("x,y\n1,2.5\n\n-3e2, NA\n,7\n");
  const { arrays } = await readAll(csv(path), { cacheDirectory });
  expect(Object.keys(arrays)).toEqual(["x", "y"]);
  expect([...arrays["x"]!.data]).toEqual([1, -300, NaN]);
  expect([...arrays["y"]!.data]).toEqual([2.5, NaN, 7]);
});

test("chosen columns come as numbers or as text, which is numbered by the alphabet", async () => {
  const path = await write('kind,size,note\n"b, or c",1,p\na,2,q\n"b, or c",3,r\n');
  const { arrays } = await readAll(csv(path, { columns: { size: "number", kind: "text" } }), {
    cacheDirectory,
  });
  expect(Object.keys(arrays)).toEqual(["kind", "size"]);
  expect([...arrays.size.data]).toEqual([1, 2, 3]);
  expect([...arrays.kind.data]).toEqual([1, 0, 1]);
  expect(arrays.kind.labels.row).toEqual(["b, or c", "a", "b, or c"]);
});

test("the order in which columns are declared makes no other data", async () => {
  const path = await write("a,b\n1,2\n");
  const hash = async (columns: Record<string, "number">) => {
    const fresh = { cacheDirectory: await temporaryFolder() };
    return (await readAll(csv(path, { columns }), fresh)).found.sha256;
  };
  expect(await hash({ a: "number", b: "number" })).toBe(await hash({ b: "number", a: "number" }));
});

test("any finite numbers survive the way through the file", async () => {
  const column = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(column, async (numbers) => {
      const path = await write(`x\n${numbers.map(String).join("\n")}\n`);
      const { arrays } = await readAll(csv(path), { cacheDirectory });
      expect([...arrays["x"]!.data].map((x) => x + 0)).toEqual(numbers.map((x) => x + 0));
    }),
    { numRuns: 20 },
  );
});

test("what is wrong is named by file, row and column", async () => {
  expect(await complaintOf(() => readAll(csv(join(folder, "no.csv")), { cacheDirectory }))).toMatch(
    /no\.csv cannot be read: there is no such file/,
  );
  expect(await complain("x,y\n1,2\n3\n")).toMatch(
    /data\.csv: row 2 has 1 cell, expected 2 · the columns are x, y/,
  );
  expect(await complain("x,y\n1,2,3\n")).toMatch(/row 1 has 3 cells, expected 2/);
  expect(await complain("x,y\n1,two\n")).toMatch(/“y” in row 1 is no number: "two" · .*"text"/);
  expect(await complain('x\n"1\n')).toMatch(/data\.csv, line 2: /);
  expect(await complain("")).toMatch(/has no line of names/);
  expect(await complain("x,x\n1,2")).toMatch(/a second column “x”/);
  expect(await complain("x,\n1,2")).toMatch(/a column without a name/);
  expect(await complain("x,y\n")).toMatch(/has no rows/);
  expect(await complain("x\n1", { columns: { x: "numbers" } as never })).toMatch(
    /the options of .*data\.csv: columns\.x: /,
  );
  expect(await complain("length,y\n1,2", { columns: { lenght: "number" } })).toMatch(
    /has no column “lenght” · did you mean “length”\?/,
  );
});
