import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { access, mkdir, readdir, rename, rm, statfs } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { UserError } from "../../error.ts";
import { removeStale, temporaryName } from "../atomic.ts";
import { formatBytes } from "../format.ts";
import { CommandError, type Execute } from "./execute.ts";

export interface Wheel {
  package: string;
  version: string;
  /** Of the file, lower-case hexadecimal. */
  sha256: string;
  sizeBytes: number;
  /** Which of the package's wheels, as pip selects them. */
  select: string[];
}

/** TensorFlow's own Python package. Any Python will do: the libraries in it do not refer to one. */
export const tensorflowWheel: Wheel = {
  package: "tensorflow-cpu",
  version: "2.21.0",
  sha256: "05af7c26d35f4de910b5598c7b507e3981831a7b0f47fed9a405d995d51d7793",
  sizeBytes: 274_271_560,
  select: [
    ...["--platform", "manylinux_2_27_x86_64"],
    ...["--python-version", "3.13", "--implementation", "cp", "--abi", "cp313"],
  ],
};

export const libraries = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const;

/** Wheel, its libraries unpacked (853 MB), headers, and room for a compiler's temporary files. */
const neededBytes = 1.3e9;

/** Argument 1: wheel; 2: folder, which gets both libraries and include/ with the headers of the C API. */
const unpackScript = `
import pathlib, shutil, sys, zipfile
wheel, folder = zipfile.ZipFile(sys.argv[1]), pathlib.Path(sys.argv[2])
headers = ("tensorflow/c/", "tensorflow/core/platform/", "tsl/platform/", "xla/tsl/c/")
for name in wheel.namelist():
    inner = name.removeprefix("tensorflow/")
    header = name.endswith(".h") and inner.removeprefix("include/").startswith(headers)
    if header or inner in (${libraries.map((name) => `"${name}"`).join(", ")}):
        target = folder / inner
        target.parent.mkdir(parents=True, exist_ok=True)
        with wheel.open(name) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, 1 << 20)
`;

export interface WheelEffects {
  execute: Execute;
  /** Free bytes on the disk of a folder that exists. */
  freeBytes: (folder: string) => Promise<number>;
  say: (line: string) => void;
}

export async function freeBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/** A failure of pip in words that tell what to do. */
function explainPip(error: unknown, wheel: Wheel): UserError {
  if (!(error instanceof CommandError)) throw error;
  if (!error.found) {
    return new UserError("python3 is missing; its pip fetches TensorFlow's package", {
      hint: "install Python 3 with pip (Debian: apt install python3-pip)",
      cause: error,
    });
  }
  if (/No module named ['"]?pip/.test(error.log)) {
    return new UserError("python3 has no pip, which fetches TensorFlow's package", {
      hint: "apt install python3-pip, or python3 -m ensurepip --user",
      cause: error,
    });
  }
  const advice = /No space left/i.test(error.log)
    ? "make room, or set VITRINE_CACHE to a folder on another disk"
    : "check the network, and the index and proxy that pip uses (pip config list)";
  return new UserError(
    `pip cannot fetch ${wheel.package} ${wheel.version} for Linux on x64:\n${error.log}`,
    { hint: advice, cause: error },
  );
}

function explainUnpacking(error: unknown, wheel: Wheel): UserError {
  if (!(error instanceof CommandError)) throw error;
  return new UserError(`python3 cannot unpack ${wheel.package}:\n${error.log}`, {
    hint: "it needs Python 3.9 or newer, and room on the disk of VITRINE_CACHE",
    cause: error,
  });
}

async function fetchWheel(
  directory: string,
  wheel: Wheel,
  { execute, say }: WheelEffects,
): Promise<string> {
  const { package: name, version, sha256, sizeBytes, select } = wheel;
  say(`[start]    download ${name} ${version} by pip (${formatBytes(sizeBytes)})`);
  const quiet = ["--quiet", "--disable-pip-version-check", "--no-cache-dir"];
  const what = ["--no-deps", "--only-binary=:all:", ...select, `${name}==${version}`];
  // pip's own temporary files go where the room was measured.
  await execute("python3", ["-m", "pip", "download", ...quiet, "--dest", directory, ...what], {
    env: { TMPDIR: directory },
  }).catch((error: unknown) => {
    throw explainPip(error, wheel);
  });
  const file = (await readdir(directory)).find((entry) => entry.endsWith(".whl"));
  if (file === undefined) throw new UserError(`pip left no wheel of ${name} ${version}`);
  const path = join(directory, file);
  const found = await hashFile(path);
  if (found === sha256) return path;
  throw new UserError(
    `${file} has SHA-256 ${found.slice(0, 16)}…, expected ${sha256.slice(0, 16)}…`,
    {
      hint: "the index that pip uses serves another file (pip config list)",
    },
  );
}

/**
 * Fills a folder with libtensorflow, of which nothing but libraries and C headers stays.
 * @param directory is made, whole or not at all; where it exists, nothing is done.
 * @returns whether anything had to be done.
 * @throws UserError without python3, pip, network or room, and for a wheel that is not the known one.
 */
export async function provideLibraries(
  directory: string,
  wheel: Wheel,
  effects: WheelEffects,
): Promise<boolean> {
  if (existsSync(directory)) return false;
  const parent = join(directory, "..");
  await mkdir(parent, { recursive: true }).catch((cause: Error) => {
    throw new UserError(`the cache ${parent} cannot be made: ${cause.message}`, {
      hint: "set VITRINE_CACHE to a folder that you may write to",
      cause,
    });
  });
  const free = await effects.freeBytes(parent);
  if (free < neededBytes) {
    throw new UserError(
      `libtensorflow needs ${formatBytes(neededBytes)} of disk, ${parent} has ${formatBytes(free)}`,
      { hint: "make room, or set VITRINE_CACHE to a folder on another disk" },
    );
  }
  await removeStale(parent);
  const temporary = join(parent, temporaryName());
  try {
    await mkdir(temporary);
    const file = await fetchWheel(temporary, wheel, effects);
    effects.say(`[start]    unpack ${libraries.join(" and ")}`);
    const unpacked = join(temporary, "unpacked");
    await effects
      .execute("python3", ["-c", unpackScript, file, unpacked])
      .catch((error: unknown) => {
        throw explainUnpacking(error, wheel);
      });
    for (const name of libraries) await access(join(unpacked, name));
    await rename(unpacked, directory);
    return true;
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}
