import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build, type BuildFailure, type Message, transform } from "esbuild";
import { UserError } from "../error.ts";
import { writeAtomic } from "./atomic.ts";
import { onDisk } from "./disk.ts";
import { type Command, isCommand } from "./command.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** The code of a task as planning knows it: what decides about results, and what a worker runs. */
export interface TaskCode {
  /** SHA-256, hexadecimal, of what is run and of the versions of the packages outside it. */
  hash: string;
  /** Whether it computes with TF.js, so that the engine is part of the key. */
  usesEngine: boolean;
  /** Package → installed version, of what stays outside. */
  packages: Record<string, string>;
  /** Files that it consists of, from the project's folder → SHA-256: for explanations only. */
  sources: Record<string, string>;
  run: CodeToRun;
}

/** A bundle, or a program with the files it consists of, as they were when they were hashed. */
export type CodeToRun =
  | { type: "module"; path: string }
  | { type: "command"; command: Command; files: Record<string, string> };

const sha256 = (...parts: (string | Uint8Array)[]): string =>
  parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");

const describeMessage = ({ text, location }: Message): string =>
  location
    ? `${relative(process.cwd(), join(root, location.file))}:${location.line}:${location.column + 1}: ${text}`
    : text;

const describe = ({ errors }: BuildFailure): string => errors.map(describeMessage).join("\n");

/** e.g. "@tensorflow/tfjs-core/dist/ops" → "@tensorflow/tfjs-core" */
const packageOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

function installedVersion(name: string): string {
  const manifest = readFileSync(join(root, "node_modules", name, "package.json"), "utf8");
  return (JSON.parse(manifest) as { version: string }).version;
}

/** Packages that may be absent; where one computes, its version is part of the engine's id. */
const optionalPackages = Object.keys(
  (
    JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      optionalDependencies?: Record<string, string>;
    }
  ).optionalDependencies ?? {},
);

/**
 * Text of all code that a module pulls in and uses, minified: comments, names and layout leave no
 * trace. Packages stay outside.
 */
async function bundleModule(entry: string) {
  const { outputFiles, metafile } = await build({
    entryPoints: [entry],
    absWorkingDir: root,
    bundle: true,
    minifySyntax: true,
    packages: "external",
    // The library is named by an import of the package itself; it belongs into the bundle.
    alias: { "#lab": join(root, "src/lab") },
    resolveExtensions: [".ts", ".js", ".mjs", ".json"],
    platform: "node",
    format: "esm",
    target: "node20",
    legalComments: "none",
    sourcemap: "inline",
    sourcesContent: false,
    outdir: join(root, ".cache/code"),
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  // Shortened names depend on all code at hand, so they are given only after unused code is gone.
  const { code, map } = await transform(outputFiles[0]!.text, {
    format: "esm",
    minify: true,
    target: "node20",
    sourcemap: "external",
    sourcesContent: false,
  });
  const imported = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .filter(({ external, path }) => external && !path.startsWith("node:"))
    .map(({ path }) => packageOf(path));
  const sources = Object.keys(metafile.inputs).map((path) => [
    path,
    sha256(readFileSync(join(root, path))),
  ]);
  return {
    code,
    map,
    packages: [...new Set(imported)].sort(),
    sources: Object.fromEntries(sources) as Record<string, string>,
  };
}

/** What keeps a module from being loaded, with file, line and column; null where that cannot be told. */
export async function findMistakes(entry: string): Promise<string | null> {
  try {
    await bundleModule(entry);
    return null;
  } catch (error) {
    return (error as Partial<BuildFailure>).errors ? describe(error as BuildFailure) : null;
  }
}

async function loadModule(entry: string, folder: string): Promise<TaskCode> {
  const { code, map, packages, sources } = await bundleModule(entry).catch(
    (error: BuildFailure) => {
      throw error.errors ? new UserError(describe(error), { cause: error }) : error;
    },
  );
  const versions = Object.fromEntries(
    packages
      .filter((name) => !optionalPackages.includes(name))
      .map((name) => [name, installedVersion(name)]),
  );
  const hash = sha256(code, JSON.stringify(versions));
  const path = join(folder, `${hash}.mjs`);
  const keep = async (): Promise<void> => {
    await mkdir(folder, { recursive: true });
    await writeAtomic(`${path}.map`, map);
    await writeAtomic(path, `${code}//# sourceMappingURL=${hash}.mjs.map\n`);
  };
  await onDisk("keep code", folder, keep, "the project's own .cache/ must be writable");
  return {
    hash,
    usesEngine: packages.some((name) => name.startsWith("@tensorflow/")),
    packages: versions,
    sources,
    run: { type: "module", path },
  };
}

/** Bytes as Latin-1. Line ends do not count, so that a checkout elsewhere finds the same results. */
const readNormalised = (path: string): string =>
  readFileSync(path, "latin1").replaceAll("\r\n", "\n");

function loadCommand(command: Command): TaskCode {
  const folder = fileURLToPath(command.folder);
  const names = command.reads.flatMap((pattern) => {
    const found = globSync(pattern, { cwd: folder, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    if (found.length > 0) return found.map(({ parentPath, name }) => join(parentPath, name));
    throw new UserError(`the command ${command.argv.join(" ")} reads “${pattern}”: no such file`, {
      hint: `patterns are relative to ${relative(process.cwd(), folder) || "."}`,
    });
  });
  const files = Object.fromEntries(
    [...new Set(names)].sort().map((path) => [relative(folder, path), readNormalised(path)]),
  );
  const outside = Object.keys(files).find((name) => name.startsWith(".."));
  if (outside !== undefined) {
    throw new UserError(
      `the command ${command.argv.join(" ")} reads ${outside}, outside its folder`,
    );
  }
  return {
    hash: sha256(JSON.stringify([command.argv, files])),
    usesEngine: false,
    packages: {},
    sources: Object.fromEntries(
      Object.entries(files).map(([name, text]) => [
        relative(root, join(folder, name)),
        sha256(text),
      ]),
    ),
    run: { type: "command", command, files },
  };
}

/**
 * Fixes the code of a task: a module is bundled and written to a folder under its hash, so that the
 * very code that was hashed is what runs, whatever is edited meanwhile.
 * @param folder for bundles; packages are looked up from there.
 * @throws UserError with file, line and column where the code cannot be bundled, or naming the folder.
 */
export async function loadCode(
  code: URL | Command,
  folder = join(root, ".cache/code"),
): Promise<TaskCode> {
  return isCommand(code) ? loadCommand(code) : loadModule(fileURLToPath(code), folder);
}
