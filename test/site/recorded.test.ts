import { expect, test } from "vitest";
import {
  formatRecorded,
  labelsBySlug,
  mergeRecorded,
  parseRecorded,
  type RecordedRow,
} from "../../src/site/recorded.ts";

const row = (layers: string, loss: number, more: Partial<RecordedRow> = {}): RecordedRow => ({
  at: { layers, change: "cap-0.1" },
  values: { "means/rInput": 0.5, "weights:summary/loss": loss },
  key: "0123",
  code: "abcd",
  engine: "onnx",
  cpu: 'a "fast", small one',
  made: "2026-01-01T00:00:00.000Z",
  ...more,
});

test("values of an axis are found by the slugs under which rows are kept", () => {
  const { change } = row("7", 0.1).at;
  expect(labelsBySlug(["Cap 0.1", "no biases"]).get(change!)).toBe("Cap 0.1");
});

test("what is written is read again", () => {
  const rows = [row("7", 1e-7), row("14", 0.25, { values: { "means/rInput": null, extra: 3 } })];
  const read = parseRecorded(formatRecorded(rows), "file.csv");
  expect(read[0]).toEqual({ ...rows[0], values: { ...rows[0]!.values, extra: null } });
  expect(read[1]!.values).toEqual({
    "means/rInput": null,
    "weights:summary/loss": null,
    extra: 3,
  });
});

test("new rows replace those of the same coordinates, others stay in place", () => {
  const merged = mergeRecorded([row("7", 1), row("14", 2)], [row("14", 3), row("20", 4)]);
  expect(merged.map(({ at, values }) => [at["layers"], values["weights:summary/loss"]])).toEqual([
    ["7", 1],
    ["14", 3],
    ["20", 4],
  ]);
});

test("a file of another kind is refused by name", () => {
  expect(() => parseRecorded("a,b\n1,2\n", "file.csv")).toThrow(
    "file.csv: there is no column “key”",
  );
  const cut = formatRecorded([row("7", 1)])
    .trimEnd()
    .split(",")
    .slice(0, -1)
    .join(",");
  expect(() => parseRecorded(cut, "file.csv")).toThrow("file.csv: line 2 has");
});
