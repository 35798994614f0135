import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import sharp from "sharp";
import { beforeEach, describe, expect, test } from "vitest";
import { pictures } from "../../../src/lab/data.ts";
import { temporaryFolder } from "../folder.ts";
import { complaintOf, readAll } from "./read.ts";

let folder: string;
let cacheDirectory: string;
beforeEach(async () => {
  folder = await temporaryFolder();
  cacheDirectory = await temporaryFolder();
});

async function write(name: string, bytes: Uint8Array | string): Promise<void> {
  const path = join(folder, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes);
}

const plain = (
  width: number,
  height: number,
  background: string | { r: number; g: number; b: number; alpha: number },
) => sharp({ create: { width, height, channels: 4, background } });
const red = { r: 200, g: 0, b: 0, alpha: 1 };

describe("a folder of pictures", () => {
  test("gives colours as they are, in the order of names, from PNG, JPEG and WebP", async () => {
    await write("b.png", await plain(5, 3, red).png().toBuffer());
    await write(
      "a.webp",
      await plain(5, 3, { ...red, g: 90 })
        .webp({ lossless: true })
        .toBuffer(),
    );
    await write("c.JPG", await plain(5, 3, "#808080").removeAlpha().jpeg().toBuffer());
    await write(".hidden.png", "no picture");
    await write("LICENCE.txt", "free");
    const { arrays, found } = await readAll(pictures(folder), { cacheDirectory });
    expect(arrays.pixels.shape).toEqual([3, 3, 5, 3]);
    expect(arrays.pixels.labels.picture).toEqual(["a.webp", "b.png", "c.JPG"]);
    expect([...arrays.pixels.data.subarray(0, 3)]).toEqual([200, 90, 0]);
    expect([...arrays.pixels.data.subarray(45, 48)]).toEqual([200, 0, 0]);
    expect(Math.abs(arrays.pixels.data[90]! - 128)).toBeLessThanOrEqual(2); // JPEG rounds
    expect(arrays.classes.labels.class).toEqual([""]);
    expect(found.description).toMatch(/: 3 pictures; 1 other files left out$/);
  });

  test("has a class for each subfolder", async () => {
    for (const [name, background] of Object.entries({ "x/1.png": "#000", "x/2.png": "#fff" })) {
      await write(name, await plain(4, 2, background).png().toBuffer());
    }
    await write("a b/1.png", await plain(4, 2, "#fff").png().toBuffer());
    const { arrays } = await readAll(pictures(folder, { grey: true }), { cacheDirectory });
    expect(arrays.pixels.shape).toEqual([3, 2, 4]);
    expect(arrays.pixels.labels.picture).toEqual(["a b/1.png", "x/1.png", "x/2.png"]);
    expect([...arrays.labels.data]).toEqual([0, 1, 1]);
    expect(arrays.classes.labels.class).toEqual(["a b", "x"]);
    expect([...arrays.classes.data]).toEqual([1, 2]);
    expect([0, 8, 16].map((at) => arrays.pixels.data[at])).toEqual([255, 0, 255]);
  });

  test("is read in eight bits, upright, and black where it is transparent", async () => {
    await write("1.png", await plain(2, 2, "#fff0").png().toBuffer());
    const raw = { width: 2, height: 2, channels: 1 } as const;
    const sixteen = sharp(Uint16Array.of(0, 0x8080, 0xffff, 0x0101), { raw });
    await write("2.png", await sixteen.toColourspace("grey16").png().toBuffer());
    const { arrays } = await readAll(pictures(folder, { grey: true }), { cacheDirectory });
    expect([...arrays.pixels.data.subarray(0, 4)]).toEqual([0, 0, 0, 0]);
    expect([...arrays.pixels.data.subarray(4)]).toEqual([0, 128, 255, 1]);
  });

  test("turns what a camera notes is to be turned", async () => {
    const lying = await plain(6, 4, "#fff").removeAlpha().withMetadata({ orientation: 6 });
    await write("1.jpg", await lying.jpeg().toBuffer());
    const { arrays } = await readAll(pictures(folder, { grey: true }), { cacheDirectory });
    expect(arrays.pixels.shape).toEqual([1, 6, 4]);
  });

  test("stretches to a size that is given", async () => {
    await write("1.png", await plain(9, 4, "#777").png().toBuffer());
    await write("2.png", await plain(3, 30, "#777").png().toBuffer());
    const size = { width: 6, height: 5 };
    const { arrays } = await readAll(pictures(folder, { grey: true, size }), { cacheDirectory });
    expect(arrays.pixels.shape).toEqual([2, 5, 6]);
    expect(new Set(arrays.pixels.data)).toEqual(new Set([0x77]));
  });

  test("is other data when a picture changes its content or its name, not its place", async () => {
    await write("p/1.png", await plain(2, 2, "#777").png().toBuffer());
    await write("q/1.png", await plain(2, 2, "#777").png().toBuffer());
    await write("r/2.png", await plain(2, 2, "#777").png().toBuffer());
    await write("s/1.png", await plain(2, 2, "#778").png().toBuffer());
    const hash = async (name: string) =>
      (await readAll(pictures(join(folder, name)), { cacheDirectory })).found.sha256;
    expect(await hash("q")).toBe(await hash("p"));
    expect(await hash("r")).not.toBe(await hash("p"));
    expect(await hash("s")).not.toBe(await hash("p"));
  });
});

describe("a folder that is not as it should be", () => {
  const complain = (options: Parameters<typeof pictures>[1] = {}) =>
    complaintOf(() => readAll(pictures(folder, options), { cacheDirectory }));

  test("names two pictures of different sizes, and the size to give", async () => {
    await write("1.png", await plain(9, 4, "#777").png().toBuffer());
    await write("2.png", await plain(9, 5, "#777").png().toBuffer());
    expect(await complain()).toMatch(
      /1\.png has 9×4 pixels, .*2\.png has 9×5 pixels · .*size: \{ width: 9, height: 4 \}/,
    );
  });

  test("names a class without pictures, and a folder that holds none or is not there", async () => {
    expect(await complain()).toMatch(/holds no pictures · pictures are PNG, JPEG and WebP/);
    await write("a/1.png", await plain(2, 2, "#777").png().toBuffer());
    await write("b/notes.txt", "");
    expect(await complain()).toMatch(/the class .*b holds no pictures/);
    await write("1.png", await plain(2, 2, "#777").png().toBuffer());
    expect(await complain()).toMatch(/holds pictures beside folders, such as 1\.png/);
    folder = join(folder, "none");
    expect(await complain()).toMatch(/none cannot be read: there is no such folder/);
  });

  test("names a file that is no picture or is cut", async () => {
    await write("1.png", "text");
    expect(await complain()).toMatch(/1\.png is no whole picture/);
    const noise = Buffer.from(Array.from({ length: 64 * 64 }, (_, i) => (i * i * 31) % 256));
    const raw = { width: 64, height: 64, channels: 1 } as const;
    const whole = await sharp(noise, { raw }).png().toBuffer();
    await write("1.png", whole.subarray(0, whole.length / 2));
    expect(await complain()).toMatch(/1\.png is no whole picture/);
  });

  test("is told when its pictures would not fit", async () => {
    for (let i = 0; i < 3; i++) {
      await write(`${i}.png`, await plain(2, 2, "#777").png().toBuffer());
    }
    expect(await complain({ size: 16_384 })).toMatch(/take 2304 MiB of pixels · at most 1024 MiB/);
  });

  test("options that mean nothing are told when the study is declared", async () => {
    const written = { gray: true } as never;
    expect(await complaintOf(() => pictures(folder, written))).toMatch(
      /unknown key “gray”; did you mean “grey”\?/,
    );
    expect(await complaintOf(() => pictures(folder, { size: 0 }))).toMatch(/size: /);
  });
});
