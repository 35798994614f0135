import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CommandError, createExecute, type Execute } from "../../../src/lab/setup/execute.ts";
import type { SetupEffects } from "../../../src/lab/setup/tensorflow.ts";
import { libraries, type Wheel } from "../../../src/lab/setup/wheel.ts";
import { temporaryFolder } from "../folder.ts";

const sha = (algorithm: string, bytes: Uint8Array, encoding: "hex" | "base64") =>
  createHash(algorithm).update(bytes).digest(encoding);

const tfjsNode = "@tensorflow/tfjs-node";
const real = createExecute(new AbortController().signal);
const wheelBytes = Buffer.from("a wheel");

/** Stands for TensorFlow's wheel, with a content of a few bytes. */
export const wheel: Wheel = {
  package: "tensorflow-cpu",
  version: "2.21.0",
  sha256: sha("sha256", wheelBytes, "hex"),
  sizeBytes: wheelBytes.length,
  select: [],
};

/** Packs a package of one file, as npm's registry keeps it. */
async function pack(folder: string, name: string, version: string): Promise<Buffer> {
  const source = join(folder, "package");
  await mkdir(source, { recursive: true });
  await writeFile(join(source, "package.json"), JSON.stringify({ name, version }));
  const archive = join(folder, `${name.replaceAll("/", "-")}.tgz`);
  await real("tar", ["-czf", archive, "-C", folder, "package"]);
  return readFile(archive);
}

export interface Machine {
  effects: SetupEffects;
  said: string[];
  /** Commands run, e.g. "npm pack". */
  commands: string[];
  /** Makes a command fail as it would: ENOENT without `log`. */
  breaks: (command: string, log?: string, signal?: string) => void;
  /** Whether the engine loads. */
  loads: boolean;
  tfjsNode: string;
}

/**
 * A project with a lock file of two packages, on a machine whose tar is real and whose npm, Python
 * and compiler leave the files that theirs would.
 */
export async function createMachine(): Promise<Machine> {
  const base = await temporaryFolder();
  const root = join(base, "project");
  await mkdir(root);
  const archives: Record<string, Buffer> = {
    [`${tfjsNode}@4.22.0`]: await pack(base, tfjsNode, "4.22.0"),
    "tar@6.2.1": await pack(base, "tar", "6.2.1"),
  };
  const integrity = (id: string) => `sha512-${sha("sha512", archives[id]!, "base64")}`;
  const lock = {
    packages: {
      [`node_modules/${tfjsNode}`]: {
        version: "4.22.0",
        integrity: integrity(`${tfjsNode}@4.22.0`),
        dependencies: { tar: "^6.2.1" },
      },
      "node_modules/tar": { version: "6.2.1", integrity: integrity("tar@6.2.1") },
    },
  };
  const manifest = { optionalDependencies: { [tfjsNode]: "4.22.0" } };
  await writeFile(join(root, "package.json"), JSON.stringify(manifest));
  await writeFile(join(root, "package-lock.json"), JSON.stringify(lock));

  const broken = new Map<string, CommandError>();
  const machine: Machine = {
    said: [],
    commands: [],
    breaks(command, log, signal) {
      const end = { found: log !== undefined, signal: signal ?? null, log: log ?? "ENOENT" };
      broken.set(command, new CommandError(command.split(" ")[0]!, end));
    },
    loads: false,
    tfjsNode: join(root, "node_modules", tfjsNode),
    effects: undefined as unknown as SetupEffects,
  };

  const act: Record<string, (args: readonly string[]) => Promise<string>> = {
    async "npm pack"(args) {
      const folder = args[args.indexOf("--pack-destination") + 1]!;
      const ids = args.filter((arg) => arg in archives);
      const files = ids.map((id) => ({ id, filename: `${sha("md5", archives[id]!, "hex")}.tgz` }));
      for (const { id, filename } of files) await writeFile(join(folder, filename), archives[id]!);
      return JSON.stringify(files);
    },
    async "python3 -m"(args) {
      await writeFile(join(args[args.indexOf("--dest") + 1]!, "tensorflow.whl"), wheelBytes);
      return "";
    },
    async "python3 -c"(args) {
      await mkdir(args[3]!);
      for (const name of libraries) await writeFile(join(args[3]!, name), name);
      return "";
    },
    async "g++ -std=c++17"(args) {
      await writeFile(args[args.indexOf("-o") + 1]!, "addon");
      return "";
    },
    async probe() {
      const binding = join(machine.tfjsNode, "lib", "napi-v8", "tfjs_binding.node");
      if (!machine.loads)
        await readFile(binding).catch(() => {
          throw new CommandError("node", { found: true, signal: null, log: "Error: no addon" });
        });
      return "tensorflow-2.21.0\n";
    },
  };
  const execute: Execute = async (command, args, options) => {
    const key = command === process.execPath ? "probe" : `${command} ${args[0]}`;
    machine.commands.push(key);
    const failure = broken.get(key) ?? broken.get(command);
    if (failure) throw failure;
    return act[key] ? act[key](args) : real(command, args, options);
  };
  machine.effects = {
    root,
    cache: join(base, "cache"),
    platform: "linux",
    arch: "x64",
    glibc: "2.36",
    freeBytes: async () => 5e9,
    say: (line) => machine.said.push(line),
    now: () => 0,
    execute,
  };
  return machine;
}
