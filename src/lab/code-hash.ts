import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";

const root = new URL("../../", import.meta.url);

/** Packages whose versions decide the numbers; the engine's own id is part of the key besides. */
const numericalPackages = [
  "@bufbuild/protobuf",
  "@tensorflow/tfjs-backend-cpu",
  "@tensorflow/tfjs-core",
  "onnxruntime-node",
  "sharp",
];

/**
 * Text of all code that an entry module pulls in and uses, minified: comments, names and layout
 * leave no trace. Packages stay outside.
 * @param entry absolute path of a module.
 */
export async function bundleCode(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    minifySyntax: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    legalComments: "none",
    write: false,
    logLevel: "silent",
  });
  const bundled = outputFiles.map((file) => file.text).join("\n");
  // Shortened names depend on all code at hand, so they are given only after unused code is gone.
  const { code } = await transform(bundled, { format: "esm", minify: true, target: "node20" });
  return code;
}

/** Locked version by package name; "absent" where the lock file does not list it. */
async function readLockedVersions(): Promise<Record<string, string>> {
  const lock = JSON.parse(await readFile(new URL("package-lock.json", root), "utf8")) as {
    packages: Record<string, { version?: string }>;
  };
  return Object.fromEntries(
    numericalPackages.map((name) => [
      name,
      lock.packages[`node_modules/${name}`]?.version ?? "absent",
    ]),
  );
}

/**
 * SHA-256, hexadecimal, of the code that a worker executes and of the locked numerical packages.
 * Pages, plots and the planning of runs have no part in it.
 */
export async function hashCode(
  entry: string = fileURLToPath(new URL("src/lab/run.ts", root)),
): Promise<string> {
  const [code, versions] = await Promise.all([bundleCode(entry), readLockedVersions()]);
  return createHash("sha256").update(code).update(JSON.stringify(versions)).digest("hex");
}
