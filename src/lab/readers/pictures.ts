import { readdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import sharp from "sharp";
import { UserError } from "../../error.ts";
import type { Pictures } from "../data.ts";
import type { ReadData } from "../graph.ts";
import { makeOnce } from "../kept-arrays.ts";
import { arrangePictures } from "./picture-arrays.ts";
import { readSource, type SourceFile } from "./source-file.ts";

export interface PicturesSource {
  path: string;
  size: { width: number; height: number } | null;
  grey: boolean;
}

const extensions = new Set([".png", ".jpg", ".jpeg", ".webp"]);
const isPicture = (name: string): boolean => extensions.has(extname(name).toLowerCase());

/** Bytes of the array of all pictures; an NPZ file ends at four times as much. */
const mostBytes = 2 ** 30;

interface Listed {
  /** From the folder, e.g. "cats/1.png". */
  name: string;
  label: number;
}

interface Listing {
  classNames: string[];
  pictures: Listed[];
  /** Files that are no pictures. */
  others: number;
}

async function listFolder(path: string) {
  const entries = await readdir(path, { withFileTypes: true }).catch(
    (error: NodeJS.ErrnoException) => {
      const reason = error.code === "ENOENT" ? "there is no such folder" : error.message;
      throw new UserError(`${path} cannot be read: ${reason}`, { cause: error });
    },
  );
  const shown = entries.filter(({ name }) => !name.startsWith("."));
  const names = shown.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  return {
    folders: shown
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
      .sort(),
    pictures: names.filter(isPicture).sort(),
    others: names.filter((name) => !isPicture(name)).length,
  };
}

const onlyThese = "pictures are PNG, JPEG and WebP files, known by the ends of their names";

async function listPictures(path: string): Promise<Listing> {
  const { folders, pictures, others } = await listFolder(path);
  if (folders.length === 0) {
    if (pictures.length === 0) {
      throw new UserError(`${path} holds no pictures`, { hint: onlyThese });
    }
    return { classNames: [""], pictures: pictures.map((name) => ({ name, label: 0 })), others };
  }
  if (pictures.length > 0) {
    throw new UserError(`${path} holds pictures beside folders, such as ${pictures[0]}`, {
      hint: "either all pictures lie in the folder itself, or each in the folder of its class",
    });
  }
  const listing: Listing = { classNames: folders, pictures: [], others };
  for (const [label, folder] of folders.entries()) {
    const found = await listFolder(join(path, folder));
    if (found.pictures.length === 0) {
      throw new UserError(`the class ${join(path, folder)} holds no pictures`, { hint: onlyThese });
    }
    const names = found.pictures.map((name) => ({ name: `${folder}/${name}`, label }));
    listing.pictures.push(...names);
    listing.others += found.others;
  }
  return listing;
}

function damaged({ path }: SourceFile, error: unknown): never {
  throw new UserError(`${path} is no whole picture: ${(error as Error).message}`, { cause: error });
}

interface Size {
  width: number;
  height: number;
}

/** Pixels of a picture as it is seen: cameras note that one is to be turned. */
async function measureSize(file: SourceFile): Promise<Size> {
  const { autoOrient } = await sharp(file.bytes)
    .metadata()
    .catch((error: unknown) => damaged(file, error));
  return autoOrient;
}

async function decode(
  file: SourceFile,
  { width, height }: Size,
  grey: boolean,
): Promise<Uint8Array> {
  const seen = sharp(file.bytes)
    .autoOrient()
    .resize(width, height, { fit: "fill" })
    .flatten({ background: "#000" });
  const coloured = grey ? seen.greyscale() : seen.toColourspace("srgb");
  return coloured
    .raw({ depth: "uchar" })
    .toBuffer()
    .catch((error: unknown) => damaged(file, error));
}

/** Files at a time: photographs of a large folder are more than the memory holds. */
const batch = 16;

/** Reads files and does something with each. @returns what was done, in their order. */
async function withFiles<V>(
  paths: readonly string[],
  work: (file: SourceFile, i: number) => V | Promise<V>,
): Promise<V[]> {
  const done: V[] = [];
  for (let from = 0; from < paths.length; from += batch) {
    const some = paths.slice(from, from + batch);
    const read = async (path: string, i: number) => work(await readSource(path), from + i);
    done.push(...(await Promise.all(some.map(read))));
  }
  return done;
}

/** The size of all pictures. @throws UserError naming the first that differs. */
async function agreeOnSize(paths: readonly string[]): Promise<Size> {
  const sizes = await withFiles(paths, measureSize);
  const { width, height } = sizes[0]!;
  const odd = sizes.findIndex((size) => size.width !== width || size.height !== height);
  if (odd < 0) return { width, height };
  const say = (at: number) => `${paths[at]!} has ${sizes[at]!.width}×${sizes[at]!.height} pixels`;
  throw new UserError(`pictures differ in size: ${say(0)}, ${say(odd)}`, {
    hint: `give the size that all are stretched to, e.g. { size: { width: ${width}, height: ${height} } }`,
  });
}

/** @param hashes of the files as they were listed. */
async function arrange(
  { path, grey, size: wanted }: PicturesSource,
  { pictures, classNames }: Listing,
  hashes: readonly string[],
): Promise<Pictures> {
  const paths = pictures.map(({ name }) => join(path, name));
  const size = wanted ?? (await agreeOnSize(paths));
  const shape = [paths.length, size.height, size.width, ...(grey ? [] : [3])];
  const bytes = shape.reduce((product, length) => product * length);
  if (bytes > mostBytes) {
    throw new UserError(
      `the pictures of ${path} take ${Math.ceil(bytes / 2 ** 20)} MiB of pixels`,
      {
        hint: `at most ${mostBytes / 2 ** 20} MiB: give a smaller size, or { grey: true }`,
      },
    );
  }
  const pixels = new Uint8Array(bytes);
  await withFiles(paths, async (file, i) => {
    if (file.sha256 !== hashes[i]) throw new UserError(`${file.path} changed while it was read`);
    pixels.set(await decode(file, size, grey), (i * bytes) / paths.length);
  });
  return arrangePictures({
    pixels,
    shape,
    labels: pictures.map(({ label }) => label),
    classNames,
    names: pictures.map(({ name }) => name),
  });
}

function describe({ pictures, classNames, others }: Listing, path: string): string {
  const of = classNames.length > 1 ? ` of ${classNames.length} classes` : "";
  const left = others > 0 ? `; ${others} other files left out` : "";
  return `${basename(path)}: ${pictures.length} pictures${of}${left}`;
}

/**
 * The pictures of a folder, named by their paths in it, with the classes that its subfolders are.
 * @throws UserError for a folder or class without pictures, a file that cannot be read, and sizes
 * that differ where none is given.
 */
export async function readPictures(source: PicturesSource, directory: string): Promise<ReadData> {
  const listing = await listPictures(source.path);
  const paths = listing.pictures.map(({ name }) => join(source.path, name));
  const hashes = await withFiles(paths, ({ sha256 }) => sha256);
  const made = {
    reader: "pictures 1",
    files: listing.pictures.map(({ name }, i) => [name, hashes[i]!]),
    size: source.size,
    grey: source.grey,
  };
  const { kept } = await makeOnce(directory, made, async () => ({
    arrays: await arrange(source, listing, hashes),
    note: null,
  }));
  return { kind: "arrays", ...kept, description: describe(listing, source.path) };
}
