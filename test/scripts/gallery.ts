import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { markerName } from "../../src/folders.ts";
import type { RunIndex } from "../../src/lab/record.ts";
import { temporaryFolder } from "../lab/folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface Command {
  child: ChildProcess;
  ended: Promise<Ended>;
  /** Resolves to standard output once it holds the text. */
  says: (text: string) => Promise<string>;
}

/** Starts a script of the project, by another command if need be. */
export function start(
  script: string,
  args: string[],
  env: NodeJS.ProcessEnv = {},
  prefix: string[] = [],
): Command {
  const [file, ...words] = [...prefix, process.execPath, `scripts/${script}.ts`, ...args];
  return command(file!, words, env);
}

/** Starts it as users do. */
export const startByNpm = (script: string, args: string[], env: NodeJS.ProcessEnv = {}): Command =>
  command("npm", ["run", script, "--", ...args], env);

function command(file: string, args: string[], env: NodeJS.ProcessEnv): Command {
  const child = spawn(file, args, {
    cwd: root,
    env: { ...process.env, VITRINE_DATA: "drawn", ...env },
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const ended = new Promise<Ended>((resolve) => {
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  const says = (text: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const look = (): void => void (stdout.includes(text) && resolve(stdout));
      child.stdout.on("data", look);
      child.once("close", () => reject(new Error(`never said “${text}”:\n${stdout}${stderr}`)));
      look();
    });
  return { child, ended, says };
}

/** A script run to its end. */
export const run = (script: string, ...args: string[]): Promise<Ended> => start(script, args).ended;

const declare = (id: string, config: string): string =>
  `import { defineExperiment } from ${JSON.stringify(join(root, "src/lab/experiment.ts"))};\n` +
  `export default defineExperiment("${id}", { title: "${id}", ${config} });\n`;

const study = (steps: number, learningRate = 0.1): string => `
  train: { pattern: "disc-crescent" },
  tests: [{ pattern: "gradient" }],
  runs: [{ model: { kind: "fcn", layers: 1, activation: "linear", width: 784 } }],
  training: { optimizer: { kind: "sgd", learningRate: ${learningRate} }, steps: ${steps} },`;

/** Declarations that a test picks from. */
export const declarations = {
  counts: declare("counts", `task: "parameters", models: [{ kind: "cnn", layers: [1, 2] }]`),
  tiny: declare("tiny", study(3)),
  /** The same run as that of "tiny". */
  twin: declare("twin", study(3)),
  /** Longer than any test waits. */
  long: declare("long", study(1_000_000, 0.001)),
  diverging: declare("diverging", study(200, 1e12)),
};

/** A gallery of its own: experiments, store and public folder. */
export async function createGallery(...names: (keyof typeof declarations)[]) {
  const folder = await temporaryFolder();
  const experiments = join(folder, "experiments");
  await mkdir(experiments);
  for (const name of names) {
    await writeFile(join(experiments, `${name}.ts`), declarations[name]);
  }
  const env = {
    VITRINE_EXPERIMENTS: experiments,
    VITRINE_RESULTS: join(folder, "results"),
    VITRINE_PUBLIC: join(folder, "public"),
  };
  const train = (...args: string[]): Command => start("train", ["--engine", "cpu", ...args], env);
  const stored = async (): Promise<string[]> =>
    (await readdir(env.VITRINE_RESULTS)).filter((name) => name !== markerName);
  const index = async (): Promise<RunIndex> =>
    JSON.parse(await readFile(join(env.VITRINE_PUBLIC, "runs", "index.json"), "utf8")) as RunIndex;
  return { folder, experiments, env, train, stored, index };
}
