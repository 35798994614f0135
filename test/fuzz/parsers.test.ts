import { parseFrontmatter } from "@astrojs/internal-helpers/frontmatter";
import fc from "fast-check";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deflateRawSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { collections } from "../../src/content.config.ts";
import { UserError } from "../../src/error.ts";
import { parseIdx } from "../../src/lab/datasets/idx.ts";
import { readNpz, writeNpz } from "../../src/lab/npz.ts";
import { runIndex, results } from "../../src/results.ts";
import { readEntry } from "../../src/site/bibtex.ts";
import { parseBibliography } from "../../src/site/citations.ts";
import { gallery } from "../../src/views/gallery.ts";
import { layerSheets } from "../../src/views/layers.ts";
import { sourceLine } from "../../src/views/provenance.ts";
import { formatImages, formatLabels, numbered } from "../lab/datasets/idx-files.ts";
import { damagedBytes, damagedText, damagedValue } from "./mutate.ts";

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

let folder = "";
const outer = process.env["VITRINE_PUBLIC"];

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "vitrine-fuzz-"));
  mkdirSync(join(folder, "runs"));
  process.env["VITRINE_PUBLIC"] = folder;
});

afterAll(() => {
  rmSync(folder, { recursive: true });
  if (outer === undefined) delete process.env["VITRINE_PUBLIC"];
  else process.env["VITRINE_PUBLIC"] = outer;
});

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

const bibtex = readFileSync("src/content/references.bib", "utf8").slice(0, 2500);
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
  blames("zhang2020identity", () => readEntry(text, "zhang2020identity"));
});

const source = readFileSync("src/content/articles/inductive-bias.mdx", "utf8");
const frontMatter = `${source.split("\n---\n")[0]}\n---\n`;
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
const { schema } = collections.articles as unknown as {
  schema: { safeParse(data: unknown): { success: boolean; data?: { source?: { url?: string } } } };
};

/** As Astro, which names file and place in both failures. */
function parseArticle(text: string): void {
  let data: unknown;
  try {
    data = parseFrontmatter(text).frontmatter;
  } catch (error) {
    throw new UserError(`damaged.mdx: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(data);
  if (!parsed.success) throw new UserError("damaged.mdx: does not match the schema");
  expect(parsed.data?.source?.url ?? "https:").toMatch(/^https?:/i);
}
fuzz("front matter", damagedText(frontMatter, yamlTokens), (text) => {
  blames("damaged.mdx", () => parseArticle(text));
});

const cnn = { kind: "cnn", layers: 2, channels: 4, kernel: 3, biases: true };
const sneaker = { dataset: "fashion-mnist", label: 7, rank: 0 };
const spec = {
  task: "train",
  train: sneaker,
  tests: [sneaker, { pattern: "gradient" }, { blend: [sneaker, sneaker], weights: [0.5, 0.5] }],
  layerTests: [sneaker],
  model: cnn,
  training: {
    optimizer: { kind: "ngd", cap: 0.05, lossFraction: 0.5 },
    steps: 5,
    lossThreshold: 0,
  },
  seed: 1,
};
const index = {
  schema: 2,
  profile: "default",
  engine: "onnx",
  datasets: [{ name: "mnist", source: "drawn", sha256: "00" }],
  experiments: [
    {
      id: "depth",
      title: "Depth",
      runs: [{ name: "cnn-2", key: null, status: "missing", reason: "not trained yet", spec }],
    },
    {
      id: "counts",
      title: "Counts",
      runs: [
        {
          name: "parameters",
          key: null,
          status: "missing",
          reason: null,
          spec: { task: "parameters", models: [cnn] },
        },
      ],
    },
  ],
};
const jsonText = JSON.stringify(index, null, 1);
const jsonTokens = [
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  '"',
  "null",
  "1e999",
  "-",
  "\\u0000",
  '"__proto__":',
];
let modified = 1;
fuzz(
  "index.json",
  fc.oneof(
    damagedText(jsonText, jsonTokens),
    damagedValue(index).map((value) => JSON.stringify(value)),
  ),
  (text) => {
    const path = join(folder, "runs/index.json");
    writeFileSync(path, text);
    // Two writes may fall into one tick of the file system's clock.
    utimesSync(path, modified, modified++);
    blames(path, () => {
      const { experiments } = runIndex();
      for (const { id, runs } of experiments) {
        if (runs.some(({ key }) => key !== null)) continue;
        if (results(id).rows.some(({ spec }) => spec.task !== "train")) continue;
        expect([gallery(id), layerSheets(id), sourceLine([id])]).toBeDefined();
      }
    });
  },
);
