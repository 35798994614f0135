import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type Plugin } from "esbuild";
import type { Result } from "./jasmine.ts";

/**
 * What TF.js's tests run on. Their tensors are constants: "onnx" treats them as a step's inputs, so
 * that the graph computes everything, "onnx-folding" uses them while tracing, as it does by default.
 */
export const engineNames = ["onnx", "onnx-folding", "cpu"] as const;
export type EngineName = (typeof engineNames)[number];

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");

/** tfjs-core asks for a path that jasmine-core does not export, only to set a default of it. */
const jasmineStub: Plugin = {
  name: "jasmine-stub",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^jasmine-core\/lib/ }, ({ path }) => ({ path, namespace: "stub" }));
    onLoad({ filter: /.*/, namespace: "stub" }, () => ({
      contents: "module.exports = { core: () => ({}) }",
    }));
  },
};

/**
 * Bundles tests of tfjs-core with the engine. The published tests are ES modules without file
 * suffixes, which only a bundler reads; and the bundle holds TF.js once, so that tests and engine
 * share its registry.
 * @param files under tfjs-core's dist/, without "_test.js".
 * @returns path of the bundle, inside node_modules so that native packages resolve.
 */
async function bundleTests(files: readonly string[]): Promise<string> {
  const outfile = join(root, `node_modules/.cache/vitrine/conformance-${randomUUID()}.mjs`);
  const tests = files.map(
    (file) => `"${file}": () => require("@tensorflow/tfjs-core/dist/${file}_test.js"),`,
  );
  await build({
    stdin: {
      contents: `import { runTests } from "./jasmine.ts";\nawait runTests({${tests.join("\n")}});`,
      resolveDir: here,
    },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    mainFields: ["module", "main"],
    external: ["onnxruntime-node", "onnxruntime-common", "jasmine-core"],
    banner: {
      js: 'import { createRequire as r } from "node:module"; globalThis.require = r(import.meta.url);',
    },
    plugins: [jasmineStub],
    logLevel: "error",
  });
  return outfile;
}

/**
 * Runs tests of tfjs-core on an engine, in a process of its own.
 * @param filter regular expression on "file name", e.g. "ops/abs .*basic".
 * @throws Error if the process ends badly.
 */
export async function runSuite(
  engineName: EngineName,
  files: readonly string[],
  filter = "",
): Promise<Result[]> {
  const bundle = await bundleTests(files);
  const finished = new Promise<Result[]>((resolve, reject) => {
    let results: Result[] | undefined;
    // Tests print warnings on purpose.
    const child = fork(bundle, [engineName, filter], {
      stdio: ["ignore", "ignore", "pipe", "ipc"],
    });
    let errors = "";
    child.stderr!.on("data", (text) => (errors += String(text)));
    child.on("message", (all) => (results = all as Result[]));
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0 && results) resolve(results);
      else reject(new Error(`the tests ended with code ${code}: ${errors.slice(-2000)}`));
    });
  });
  return await finished.finally(() => rm(bundle));
}
