import { copyFile, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../../error.ts";
import { cacheDirectory } from "../cache.ts";
import { formatDuration } from "../format.ts";
import { compileAddon, nodeApi } from "./addon.ts";
import { CommandError } from "./execute.ts";
import { listLocked, type Lock } from "./lock.ts";
import { installedVersion, installPackages } from "./packages.ts";
import {
  freeBytes,
  provideLibraries,
  tensorflowWheel,
  type Wheel,
  type WheelEffects,
} from "./wheel.ts";

const tfjsNode = "@tensorflow/tfjs-node";

export interface SetupEffects extends WheelEffects {
  /** The project's folder. */
  root: string;
  /** Folder of what projects share. */
  cache: string;
  platform: string;
  arch: string;
  /** Version of the GNU C library; null where there is another. */
  glibc: string | null;
  /** Monotonic milliseconds. */
  now: () => number;
}

const glibcVersion = (): string | null => {
  const { header } = process.report.getReport() as unknown as {
    header: { glibcVersionRuntime?: string };
  };
  return header.glibcVersionRuntime ?? null;
};

/** This machine and project. */
export const realEffects = (): Omit<SetupEffects, "execute" | "say"> => ({
  root: fileURLToPath(new URL("../../../", import.meta.url)),
  cache: cacheDirectory(),
  platform: process.platform,
  arch: process.arch,
  glibc: glibcVersion(),
  freeBytes,
  now: () => performance.now(),
});

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await readFile(path, "utf8")) as T;
}

/** @throws UserError where package.json and package-lock.json differ on tfjs-node. */
async function readLock(root: string): Promise<Lock> {
  const manifest = await readJson<{ optionalDependencies?: Record<string, string> }>(
    join(root, "package.json"),
  );
  const lock = await readJson<Lock>(join(root, "package-lock.json"));
  const asked = manifest.optionalDependencies?.[tfjsNode];
  const locked = lock.packages[`node_modules/${tfjsNode}`]?.version;
  if (asked !== undefined && asked === locked) return lock;
  const found = `package.json asks for ${asked ?? "none"}, package-lock.json has ${locked ?? "none"}`;
  throw new UserError(`${tfjsNode}: ${found}`, {
    hint: "npm install --package-lock-only brings them together",
  });
}

function checkMachine({ platform, arch, glibc }: SetupEffects): void {
  const hint =
    "elsewhere npm's own installer must reach storage.googleapis.com; the engine onnx runs without";
  if (platform !== "linux" || arch !== "x64") {
    throw new UserError(
      `libtensorflow is built for linux on x64 here, not ${platform} on ${arch}`,
      {
        hint,
      },
    );
  }
  if (glibc === null || Number(glibc.split(".")[1]) < 27) {
    throw new UserError(`libtensorflow needs glibc 2.27 or newer, found ${glibc ?? "none"}`, {
      hint,
    });
  }
}

/** Id of the engine, as a process of its own finds it. @throws CommandError */
async function probe({ execute }: SetupEffects): Promise<string> {
  const script = fileURLToPath(new URL("../engines/probe.ts", import.meta.url));
  return (await execute(process.execPath, [script, "tensorflow"])).trim();
}

/** What the libraries in place say when they are loaded. */
function explainProbe(error: unknown, libtensorflow: string): UserError {
  if (!(error instanceof CommandError)) throw error;
  if (error.signal === "SIGILL") {
    return new UserError("libtensorflow needs a processor with AVX", {
      hint: "the engine onnx runs without",
      cause: error,
    });
  }
  return new UserError(`libtensorflow is in place but does not run:\n${error.log}`, {
    hint: `delete ${libtensorflow} and node_modules/${tfjsNode}, and run this again`,
    cause: error,
  });
}

/**
 * Makes the engine “tensorflow” work where the installer of tfjs-node cannot: the package and what
 * it needs from npm as locked, libtensorflow from TensorFlow's Python package, the addon compiled
 * here. Libraries and addon stay in the cache; package.json and package-lock.json are left alone.
 * @returns the engine's id.
 * @throws UserError for everything that is missing or does not fit.
 */
export async function setupTensorflow(
  effects: SetupEffects,
  wheel: Wheel = tensorflowWheel,
): Promise<string> {
  const { root, cache, execute, say, now } = effects;
  const startedMs = now();
  const lock = await readLock(root);
  const locked = listLocked(lock, tfjsNode);
  const { version } = locked[0]!;
  const folder = join(root, "node_modules", tfjsNode);
  const installed = await installedVersion(folder);
  if (installed === version) {
    const id = await probe(effects).catch(() => null);
    if (id !== null) {
      say(`[fresh]    ${id} runs already, by ${tfjsNode} ${version}`);
      return id;
    }
  }
  checkMachine(effects);
  const libtensorflow = join(cache, `libtensorflow-${wheel.version}-linux-x64`);
  const report = (what: string, done: boolean, sinceMs: number): void => {
    const time = `in ${formatDuration((now() - sinceMs) / 1000)}`;
    say(done ? `[done]     ${what} ${time}` : `[fresh]    ${what}`);
  };

  let sinceMs = now();
  const count = await installPackages(root, locked, { execute, say });
  report(`package ${tfjsNode} ${version} → ${folder}`, count > 0, sinceMs);

  sinceMs = now();
  const provided = await provideLibraries(libtensorflow, wheel, effects);
  report(`libtensorflow ${wheel.version} → ${libtensorflow}`, provided, sinceMs);

  sinceMs = now();
  const addon = join(libtensorflow, `tfjs-node-${version}-napi-v${nodeApi}.node`);
  const headers = join(root, "node_modules", "node-api-headers", "include");
  const compiled = await compileAddon({ libtensorflow, tfjsNode: folder, headers, addon }, execute);
  const binding = join(folder, "lib", `napi-v${nodeApi}`);
  await mkdir(binding, { recursive: true });
  await copyFile(addon, join(binding, "tfjs_binding.node"));
  report(`addon of tfjs-node → ${addon}`, compiled, sinceMs);

  const id = await probe(effects).catch((error: unknown) => {
    throw explainProbe(error, libtensorflow);
  });
  say(`engine ${id} runs; set up in ${formatDuration((now() - startedMs) / 1000)}`);
  return id;
}
