import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UserError } from "../../../src/error.ts";
import { setupTensorflow } from "../../../src/lab/setup/tensorflow.ts";
import { createMachine, type Machine, wheel } from "./machine.ts";

const read = (folder: string, name: string) => readFile(join(folder, name), "utf8");

test("sets up packages, libraries and addon, and leaves nothing else", async () => {
  const { effects, tfjsNode, commands } = await createMachine();
  const { root, cache } = effects;
  const manifests = () =>
    Promise.all(["package.json", "package-lock.json"].map((n) => read(root, n)));
  const before = await manifests();
  expect(await setupTensorflow(effects, wheel)).toBe("tensorflow-2.21.0");
  expect(await manifests()).toEqual(before);
  expect(await read(tfjsNode, "lib/napi-v8/tfjs_binding.node")).toBe("addon");
  expect((await readdir(join(root, "node_modules"))).sort()).toEqual(["@tensorflow", "tar"]);
  expect(await readdir(cache)).toEqual(["libtensorflow-2.21.0-linux-x64"]);
  expect((await readdir(join(cache, "libtensorflow-2.21.0-linux-x64"))).sort()).toEqual([
    "libtensorflow_cc.so.2",
    "libtensorflow_framework.so.2",
    "tfjs-node-4.22.0-napi-v8.node",
  ]);
  expect(commands).toContain("npm pack");
});

test("does nothing where the engine runs already", async () => {
  const machine = await createMachine();
  await setupTensorflow(machine.effects, wheel);
  machine.commands.length = 0;
  machine.said.length = 0;
  await setupTensorflow(machine.effects, wheel);
  expect(machine.commands).toEqual(["probe"]);
  expect(machine.said).toEqual([
    "[fresh]    tensorflow-2.21.0 runs already, by @tensorflow/tfjs-node 4.22.0",
  ]);
});

test("after node_modules was made anew, the cache has libraries and addon", async () => {
  const machine = await createMachine();
  await setupTensorflow(machine.effects, wheel);
  machine.commands.length = 0;
  const other = await createMachine();
  const effects = { ...other.effects, cache: machine.effects.cache };
  await setupTensorflow(effects, wheel);
  const tools = new Set(other.commands.map((command) => command.split(" ")[0]));
  expect([...tools].sort()).toEqual(["npm", "probe", "tar"]);
});

const failures: [string, (machine: Machine) => unknown, RegExp, RegExp][] = [
  ["another system", ({ effects }) => (effects.platform = "darwin"), /not darwin on x64/, /onnx/],
  ["another processor", ({ effects }) => (effects.arch = "arm64"), /not linux on arm64/, /onnx/],
  ["another C library", ({ effects }) => (effects.glibc = null), /glibc 2.27.*found none/, /onnx/],
  ["an old C library", ({ effects }) => (effects.glibc = "2.17"), /found 2.17/, /onnx/],
  [
    "a full disk",
    ({ effects }) => (effects.freeBytes = async () => 9e8),
    /1300 MB.*900 MB/,
    /VITRINE_CACHE/,
  ],
  [
    "no python3",
    ({ breaks }) => breaks("python3"),
    /python3 is missing/,
    /apt install python3-pip/,
  ],
  [
    "no pip",
    ({ breaks }) => breaks("python3 -m", "/usr/bin/python3: No module named pip"),
    /no pip/,
    /ensurepip/,
  ],
  [
    "no network for pip",
    ({ breaks }) => breaks("python3 -m", "ERROR: Could not find a version"),
    /pip cannot fetch tensorflow-cpu 2.21.0[^]*Could not find a version/,
    /network/,
  ],
  [
    "a disk that pip fills",
    ({ breaks }) => breaks("python3 -m", "OSError: No space left on device"),
    /No space left/,
    /VITRINE_CACHE/,
  ],
  [
    "an old Python",
    ({ breaks }) => breaks("python3 -c", "AttributeError: removeprefix"),
    /python3 cannot unpack/,
    /3\.9/,
  ],
  ["no g++", ({ breaks }) => breaks("g++"), /g\+\+ is missing/, /apt install g\+\+/],
  [
    "an old g++",
    ({ breaks }) => breaks("g++", "error: unrecognized option"),
    /cannot compile[^]*unrecognized option/,
    /C\+\+17/,
  ],
  [
    "no network for npm",
    ({ breaks }) => breaks("npm", "npm error ENOTFOUND"),
    /npm cannot fetch @tensorflow\/tfjs-node@4.22.0[^]*ENOTFOUND/,
    /registry/,
  ],
  ["no tar", ({ breaks }) => breaks("tar"), /tar is missing/, /gzip/],
  [
    "a processor without AVX",
    ({ breaks }) => breaks("probe", "", "SIGILL"),
    /needs a processor with AVX/,
    /onnx/,
  ],
  [
    "libraries that do not load",
    ({ breaks }) => breaks("probe", "undefined symbol"),
    /does not run:\nundefined symbol/,
    /delete .*libtensorflow-2.21.0-linux-x64/,
  ],
  [
    "a lock file that differs from package.json",
    ({ effects }) =>
      writeFile(
        join(effects.root, "package.json"),
        JSON.stringify({ optionalDependencies: { "@tensorflow/tfjs-node": "4.23.0" } }),
      ),
    /asks for 4.23.0, package-lock.json has 4.22.0/,
    /--package-lock-only/,
  ],
  [
    "another version in node_modules",
    async ({ tfjsNode }) => {
      await mkdir(tfjsNode, { recursive: true });
      await writeFile(join(tfjsNode, "package.json"), JSON.stringify({ version: "4.21.0" }));
    },
    /has version 4.21.0, the lock file asks for 4.22.0/,
    /npm ci/,
  ],
  [
    "an archive that the lock file does not know",
    async ({ effects }) => {
      const path = join(effects.root, "package-lock.json");
      await writeFile(path, (await readFile(path, "utf8")).replace(/sha512-[^"]+/g, "sha512-AAAA"));
    },
    /is not what package-lock.json describes/,
    /registry/,
  ],
];

test.each(failures)("%s is explained", async (_, spoil, message, hint) => {
  const machine = await createMachine();
  await spoil(machine);
  const error: unknown = await setupTensorflow(machine.effects, wheel).catch((e: unknown) => e);
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).message).toMatch(message);
  expect((error as UserError).hint).toMatch(hint);
});

test("a wheel that is not the known one is not unpacked, and nothing of it stays", async () => {
  const { effects, commands } = await createMachine();
  const other = { ...wheel, sha256: "0".repeat(64) };
  await expect(setupTensorflow(effects, other)).rejects.toThrow(/tensorflow.whl has SHA-256/);
  expect(commands).not.toContain("python3 -c");
  expect(await readdir(effects.cache)).toEqual([]);
});

test("what failed is taken up again where it stopped", async () => {
  const machine = await createMachine();
  const whole = machine.effects.execute;
  machine.effects.execute = (command, ...rest) =>
    command === "g++" ? Promise.reject(new UserError("later")) : whole(command, ...rest);
  await expect(setupTensorflow(machine.effects, wheel)).rejects.toThrow("later");
  machine.effects.execute = whole;
  machine.commands.length = 0;
  expect(await setupTensorflow(machine.effects, wheel)).toBe("tensorflow-2.21.0");
  expect(machine.commands).toEqual(["probe", "g++ -std=c++17", "probe"]);
});
