import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv } from "../../src/lab/csv.ts";

/** As RFC 4180 has it: every field may be quoted, those with commas, quotes or line ends must be. */
const formatCsv = (rows: string[][], newline: string, quoteAll: boolean): string =>
  rows
    .map((row) =>
      row
        .map((cell) =>
          quoteAll || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell,
        )
        .join(","),
    )
    .join(newline);

const cell = fc.oneof(
  fc.string({ maxLength: 6, unit: fc.constantFrom("a", "1", ".", " ", ",", '"', "\n", "\r", "é") }),
  fc.double().map(String),
);
const tableOf = fc.integer({ min: 2, max: 4 }).chain((width) =>
  fc.array(fc.array(cell, { minLength: width, maxLength: width }), {
    minLength: 1,
    maxLength: 5,
  }),
);

test("what was written is read again, quoted or not, with any line ends", () => {
  fc.assert(
    fc.property(
      tableOf,
      fc.constantFrom("\n", "\r\n"),
      fc.boolean(),
      fc.boolean(),
      (rows, newline, quoteAll, ends) => {
        const text = formatCsv(rows, newline, quoteAll) + (ends ? newline : "");
        expect(parseCsv(text)).toEqual(rows);
      },
    ),
  );
});

test("any text is rows or an error that names its line", () => {
  const text = fc.string({ unit: fc.constantFrom("a", ",", '"', "\n", "\r") });
  fc.assert(
    fc.property(text, (text) => {
      try {
        expect(
          parseCsv(text)
            .flat()
            .every((cell) => typeof cell === "string"),
        ).toBe(true);
      } catch (error) {
        expect((error as Error).message).toMatch(/^line \d+: /);
      }
    }),
  );
});

test("a mark of the byte order at the beginning is no part of the first name", () => {
  expect(parseCsv("\uFEFFx,y\n1,2")).toEqual([
    ["x", "y"],
    ["1", "2"],
  ]);
});

test("a long quoted field is read", () => {
  const long = "ab,\n".repeat(500_000);
  expect(parseCsv(`"${long}",2`)).toEqual([[long, "2"]]);
});
