import fc from "fast-check";
import { readFileSync } from "node:fs";
import { deflateRawSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { UserError } from "../../src/error.ts";
import { parseIdx } from "../../src/lab/datasets/idx.ts";
import { readNpz, writeNpz } from "../../src/lab/npz.ts";
import { readEntry } from "../../src/site/bibtex.ts";
import { parseBibliography } from "../../src/site/citations.ts";
import { ArticleFront, readFrontMatter } from "../../src/site/front-matter.ts";
import { parseIndex } from "../../src/site/parse-index.ts";
import { formatImages, formatLabels, numbered } from "../lab/datasets/idx-files.ts";
import { damagedBytes, damagedText } from "./mutate.ts";

/**
 * Every parser of files, given damaged ones: it returns a value or blames a UserError that names
 * the file, soon, and never holds more than the input can unpack to.
 * The long form, in some minutes: `FUZZ_RUNS=5000 npm test -- test/fuzz`.
 */
const numRuns = Number(process.env["FUZZ_RUNS"] ?? 200);
const timeoutMs = 60_000 + 100 * numRuns;
/** Of computing, since other work may have the machine. */
const longestMs = 2000;

const counts = { parsed: 0, refused: 0 };

function blames(file: string, parse: () => unknown): void {
  const started = process.cpuUsage();
  try {
    parse();
    counts.parsed++;
  } catch (error) {
    counts.refused++;
    if (!(error instanceof UserError)) throw error;
    expect(error.message).toContain(file);
    expect(error.message).not.toMatch(/Cannot read|not a function|not iterable|call stack/);
  }
  const { user, system } = process.cpuUsage(started);
  expect((user + system) / 1000).toBeLessThan(longestMs);
}

const fuzz = <T>(name: string, inputs: fc.Arbitrary<T>, check: (input: T) => void) =>
  test(
    `${name}, damaged`,
    () => {
      Object.assign(counts, { parsed: 0, refused: 0 });
      fc.assert(fc.property(inputs, check), { numRuns });
      if (process.env["FUZZ_RUNS"]) console.log(name, counts);
      expect(counts.refused).toBeGreaterThan(numRuns / 4);
    },
    timeoutMs,
  );

const study = "test/galleries/classes/experiments/shapes";

const labels = [7, 2, 1, 0];
const images = formatImages(numbered(labels));
fuzz("IDX", damagedBytes(images, gzipSync(images), formatLabels(labels)), (bytes) => {
  const whole = { name: "whole.gz", bytes: formatLabels(labels) };
  blames("damaged.gz", () => parseIdx({ name: "damaged.gz", bytes }, whole));
  blames(".gz", () =>
    parseIdx({ name: "images.gz", bytes: images }, { name: "damaged.gz", bytes }),
  );
});

/** The same archive with its one array deflated, as NumPy's savez_compressed writes it. */
function deflated(): Buffer {
  const stored = Buffer.from(writeNpz({ a: { data: new Float32Array(500), shape: [20, 25] } }));
  const nameLength = stored.readUInt16LE(26);
  const start = 30 + nameLength;
  const size = stored.readUInt32LE(18);
  const packed = deflateRawSync(stored.subarray(start, start + size));
  const directory = Buffer.from(stored.subarray(start + size));
  directory.writeUInt16LE(8, 10);
  directory.writeUInt32LE(packed.length, 20);
  directory.writeUInt32LE(start + packed.length, directory.length - 6);
  return Buffer.concat([stored.subarray(0, start), packed, directory]);
}

const npz = Buffer.from(
  writeNpz({
    outputs: { data: Float32Array.from({ length: 12 }, Math.sqrt), shape: [3, 4] },
    steps: { data: BigInt64Array.of(7n), shape: [] },
  }),
);
fuzz("NPZ", damagedBytes(npz, deflated()), (bytes) => {
  blames("damaged.npz", () => {
    const arrays = Object.values(readNpz(bytes, "damaged.npz"));
    const size = arrays.reduce((sum, { data }) => sum + data.byteLength, 0);
    expect(size).toBeLessThanOrEqual(1032 * bytes.length); // the most that deflate packs
  });
});

const bibtex = readFileSync(`${study}/references.bib`, "utf8");
const texTokens = [
  "{",
  "}",
  "@",
  ",",
  "=",
  '"',
  "#",
  "\\",
  "\\textit{",
  "$",
  "%",
  "@string{",
  "@misc{x,",
  " and ",
  "year = {",
  "url = {javascript:",
  "\\'",
  "--",
  "~",
  "<i>",
  "</i>",
];
fuzz("BibTeX", damagedText(bibtex, texTokens), (text) => {
  blames("damaged.bib", () => {
    for (const { html } of parseBibliography(text, "damaged.bib").values()) {
      const left = html.replace(/<\/?(?:b|i|sub|sup|a|a href="https?:[^"<>]*")>/gi, "");
      expect(left).not.toMatch(/[<>"]/);
    }
  });
  blames("lecun1998gradient", () => readEntry(text, "lecun1998gradient"));
});

const source = "source: { title: T, url: https://example.org/a, authors: [A], venue: V }\n";
const frontMatter = readFileSync(`${study}/article.mdx`, "utf8").split("---\n")[1]! + source;
const yamlTokens = [
  "---",
  ":",
  "- ",
  "{",
  "}",
  "[",
  "]",
  "&a",
  "*a",
  "!!",
  "|",
  ">",
  "'",
  '"',
  "\n",
  "  ",
  "? ",
  "null",
  "1e999",
  "2020-13-45",
  "__proto__: ",
  "<<: ",
  "\t",
  "javascript:",
];
fuzz("front matter", damagedText(frontMatter, yamlTokens), (yaml) => {
  blames("damaged.mdx", () => {
    const { source } = readFrontMatter(ArticleFront, { yaml, path: "damaged.mdx" });
    expect(source?.url ?? "https:").toMatch(/^https?:/i);
  });
});

const key = "0123456789abcdef0123456789abcdef";
const index = JSON.stringify(
  {
    schema: 3,
    profile: "default",
    engine: "onnx",
    studies: [
      {
        id: "lines",
        title: "Lines",
        description: null,
        tables: [
          {
            id: "fits",
            title: null,
            task: "fit",
            axes: [{ name: "degree", values: [{ slug: "1", label: "1", value: 1 }] }],
            outputs: { slope: { kind: "value", label: null } },
            rows: [{ at: [], label: "degree 1", key, status: "done", reason: null }],
          },
        ],
      },
    ],
    runs: {
      [key]: { name: "lines/fits/degree=1", task: "fit", params: {}, status: "done", reason: null },
    },
  },
  null,
  1,
);
const jsonTokens = ["{", "}", "[", "]", ",", ":", '"', "null", "[]", "{}", "1e999", "../", key];
fuzz("index.json", damagedText(index, jsonTokens), (text) => {
  blames("index.json", () => {
    const { studies, runs } = parseIndex(text, "index.json");
    for (const { key } of studies.flatMap(({ tables }) => tables.flatMap(({ rows }) => rows))) {
      expect(Object.keys(runs)).toContain(key);
    }
  });
});
