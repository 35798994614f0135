import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Case } from "./cases.ts";
import type { Command } from "./child.ts";
import { fastest, type Row } from "./row.ts";

/** Processes at a time, with so many threads each. */
interface Arrangement {
  threads: number;
  processes: number;
}

/** Who computes a case, and how many of them at once. */
export interface Contestant extends Arrangement {
  /** e.g. "onnx", "pytorch-channels-last". */
  engine: string;
  command: Command;
  /** The engine's name as its process knows it. */
  internal: string;
  /** Fewest steps of one timing: an engine that copies its state once a call needs some. */
  minSteps: number;
}

const alone: Arrangement = { threads: 1, processes: 1 };
const threaded: Arrangement = { threads: 2, processes: 1 };

/** A one-thread process per core; no more than eight, for their memory. */
const perCore: Arrangement = { threads: 1, processes: Math.min(availableParallelism(), 8) };
const arrangements = perCore.processes > 1 ? [alone, threaded, perCore] : [alone, threaded];

const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

const ours = (threads: number): Command => ({
  file: process.execPath,
  args: [pathOf("worker.ts")],
  env: {
    ...process.env,
    // As the project's own worker processes.
    MALLOC_ARENA_MAX: "1",
    TF_NUM_INTRAOP_THREADS: String(threads),
    TF_NUM_INTEROP_THREADS: "1",
    TF_CPP_MIN_LOG_LEVEL: "2",
  },
});

/*
 * By default glibc gives the memory of large gradients back to the system after every step and
 * takes it anew, page by page: that more than doubles PyTorch's time for wide layers.
 */
const keepMemory = {
  MALLOC_MMAP_THRESHOLD_: String(2 ** 30),
  MALLOC_TRIM_THRESHOLD_: String(2 ** 33),
};

const python: Command = {
  file: "python3",
  args: [pathOf("torch_step.py")],
  env: { ...process.env, ...keepMemory },
};

async function resolves(name: string): Promise<string | null> {
  try {
    createRequire(import.meta.url).resolve(`${name}/package.json`);
    return null;
  } catch {
    return `${name} is not installed`;
  }
}

const importsTorch = (): Promise<string | null> =>
  promisify(execFile)("python3", ["-c", "import torch"]).then(
    () => null,
    () => "python3 cannot import torch",
  );

interface EngineEntry {
  /** Why it cannot take part, or null. */
  missing: () => Promise<string | null>;
  /** How it computes this case; none where it adds nothing. */
  enter: (measured: Case, earlier: readonly Row[]) => Contestant[];
}

function inProject(engine: string, forms: Arrangement[], minSteps: number): Contestant[] {
  return forms.map((form) => ({
    ...form,
    engine,
    internal: engine,
    command: ours(form.threads),
    minSteps,
  }));
}

const isConvolutional = (measured: Case): boolean =>
  measured.kind !== "sgemm" && measured.model.kind === "cnn";

/** The engine's name in rows, by PyTorch's name of the memory format. */
const torchFormats = { contiguous: "pytorch-contiguous", channels_last: "pytorch-channels-last" };

/**
 * The memory formats worth timing: all of them, unless gradient descent on the same network has told
 * which is the fastest. They matter to convolutions, not to optimizers.
 */
export function formatsOf(
  measured: Case,
  earlier: readonly Row[],
): [format: string, name: string][] {
  if (!isConvolutional(measured)) return [["contiguous", "pytorch"]];
  const all = Object.entries(torchFormats);
  if (measured.kind !== "training" || measured.optimizer.kind === "sgd") return all;
  const sibling = measured.name.replace(/[^/]+$/, "sgd");
  const timed = earlier.filter((row) => row.case === sibling && row.engine.startsWith("pytorch-"));
  const best = [
    fastest(timed.filter(({ processes }) => processes === 1)),
    fastest(timed.filter(({ processes }) => processes > 1)),
  ].map((row) => row?.engine);
  const kept = all.filter(([, name]) => best.includes(name));
  return kept.length > 0 ? kept : all;
}

const registry: Record<string, EngineEntry> = {
  onnx: {
    missing: async () => null,
    enter: ({ kind }) => inProject("onnx", arrangements, kind === "training" ? 8 : 1),
  },
  "onnx-im2col": {
    missing: async () => null,
    // Optimizers cost it the same; one of them shows what the form of the convolution is worth.
    enter: (measured) =>
      isConvolutional(measured) &&
      (measured.kind !== "training" || measured.optimizer.kind === "sgd")
        ? inProject("onnx-im2col", [threaded], 3)
        : [],
  },
  tensorflow: {
    missing: () => resolves("@tensorflow/tfjs-node"),
    // One thread alone is left out for the time it takes.
    enter: () => inProject("tensorflow", arrangements.slice(1), 1),
  },
  "tfjs-wasm": {
    missing: () => resolves("@tensorflow/tfjs-backend-wasm"),
    enter: () => inProject("tfjs-wasm", [alone], 1),
  },
  pytorch: {
    missing: importsTorch,
    enter: (measured, earlier) =>
      formatsOf(measured, earlier).flatMap(([format, name]) =>
        arrangements.map((form) => ({
          ...form,
          engine: name,
          internal: format,
          command: python,
          minSteps: 2,
        })),
      ),
  },
};

export const engineNames = Object.keys(registry);

/** Those of the named engines that can take part, and why the others cannot. */
export async function gather(names: readonly string[]): Promise<{
  /** @param earlier rows of the same run: they tell what need not be tried again. */
  contestants: (measured: Case, earlier: readonly Row[]) => Contestant[];
  absent: Record<string, string>;
}> {
  const absent: Record<string, string> = {};
  for (const name of names) {
    const reason = await registry[name]!.missing();
    if (reason) absent[name] = reason;
  }
  const present = names.filter((name) => !(name in absent));
  return {
    contestants: (measured, earlier) =>
      present.flatMap((name) => registry[name]!.enter(measured, earlier)),
    absent,
  };
}
