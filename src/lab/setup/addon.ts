import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../error.ts";
import { CommandError, type Execute } from "./execute.ts";
import { libraries } from "./wheel.ts";

/** The version of Node's binary interface that tfjs-node is written for. */
export const nodeApi = 8;

const sources = ["binding/tfjs_backend.cc", "binding/tfjs_binding.cc"];

function explainCompiler(error: unknown): UserError {
  if (!(error instanceof CommandError)) throw error;
  if (!error.found) {
    return new UserError("g++ is missing; it compiles the addon of @tensorflow/tfjs-node", {
      hint: "install a C++ compiler (Debian: apt install g++)",
      cause: error,
    });
  }
  return new UserError(`g++ cannot compile the addon of @tensorflow/tfjs-node:\n${error.log}`, {
    hint: "it needs C++17 (g++ 9 or newer) and the standard library's headers",
    cause: error,
  });
}

export interface AddonPaths {
  /** Made by provideLibraries(). */
  libtensorflow: string;
  /** The package @tensorflow/tfjs-node, with its sources. */
  tfjsNode: string;
  /** Folder of Node-API headers. */
  headers: string;
  /** The file to make; it keeps to the libraries where they are. */
  addon: string;
}

/**
 * Compiles tfjs-node's addon against libtensorflow, unless it is there.
 * @returns whether anything had to be done.
 * @throws UserError without a compiler, or with its complaints.
 */
export async function compileAddon(paths: AddonPaths, execute: Execute): Promise<boolean> {
  const { libtensorflow, tfjsNode, headers, addon } = paths;
  if (existsSync(addon)) return false;
  const temporary = `${addon}.${process.pid}.tmp`;
  try {
    await execute("g++", [
      ...["-std=c++17", "-O2", "-fPIC", "-shared", `-DNAPI_VERSION=${nodeApi}`],
      ...["-I", join(libtensorflow, "include"), "-I", headers, "-I", tfjsNode],
      ...sources.map((file) => join(tfjsNode, file)),
      ...["-L", libtensorflow, ...libraries.map((name) => `-l:${name}`)],
      ...[`-Wl,-rpath,${libtensorflow}`, "-o", temporary],
    ]).catch((error: unknown) => {
      throw explainCompiler(error);
    });
    await rename(temporary, addon);
    return true;
  } finally {
    await rm(temporary, { force: true });
  }
}
