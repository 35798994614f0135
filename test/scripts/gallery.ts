import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SiteIndex } from "../../src/lab/site-index.ts";
import { temporaryFolder } from "../lab/folder.ts";

export const root = fileURLToPath(new URL("../../", import.meta.url));

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

const tasks = `
import { arrays, defineTask, table, value, x, y, z } from "#lab/task";

export const count = defineTask({
  name: "count",
  params: z.strictObject({ number: z.int() }),
  outputs: { double: value(z.number()) },
  code: new URL("count.ts", import.meta.url),
  needs: ({ number }) => ({ seconds: 1, bytes: 8 * number }),
});

export const fit = defineTask({
  name: "fit",
  params: z.strictObject({ steps: z.int(), rate: z.number() }),
  outputs: { curve: table({ step: x("step"), loss: y("loss") }), weights: arrays() },
  code: new URL("fit.ts", import.meta.url),
  needs: ({ steps }) => ({ seconds: 1 + steps / 1000 }),
});
`;

const count = `
export default async ({ params: { number } }) => {
  if (number === 13 && !process.env.LUCK) throw new Error("thirteen brings no luck");
  return { double: 2 * number };
};
`;

const fit = `
import { mean, scalar, square, sub, tensor1d, train, variable } from "@tensorflow/tfjs-core";
import { stopped } from "#lab/task";
import { openLab } from "#lab/training";

export default async (call) => {
  const lab = await openLab(call);
  const weights = variable(tensor1d([0, 0.5, 2, -1]));
  const optimizer = train.sgd(call.params.rate);
  const loss = () => mean(square(sub(weights, scalar(1))));
  const { series, endedBy, steps } = await lab.train({
    steps: call.params.steps,
    step: () => optimizer.minimize(loss, true, [weights]),
  });
  const data = lab.evaluate(() => [weights.clone()])[0];
  const losses = series.loss.map((loss) => (Number.isFinite(loss) ? loss : null));
  const outputs = {
    curve: { step: losses.map((_, i) => i + 1), loss: losses },
    weights: { weights: { data, shape: [4] } },
  };
  return endedBy === "divergence" ? stopped("no finite loss at step " + steps, outputs) : outputs;
};
`;

const declare = (id: string, run: string): string =>
  `import { defineStudy } from "#lab/study";\nimport { count, fit } from "../tasks/tasks.ts";\n` +
  `export default defineStudy(() => ({ title: "${id}", tables: { runs: ${run} } }));\n`;

const single = (task: string, params: string): string =>
  `${task}.table({ over: {}, run: () => (${params}) })`;

/** Studies of one run that a test picks from. */
export const declarations = {
  counts: declare("counts", single("count", "{ number: 21 }")),
  /** Fails where no variable LUCK is set. */
  unlucky: declare("unlucky", single("count", "{ number: 13 }")),
  /** Beyond any machine. */
  huge: declare("huge", single("count", "{ number: 9e15 }")),
  tiny: declare("tiny", single("fit", "{ steps: 3, rate: 0.1 }")),
  /** The same run as that of "tiny". */
  twin: declare("twin", single("fit", "{ steps: 3, rate: 0.1 }")),
  /** Longer than any test waits. */
  long: declare("long", single("fit", "{ steps: 100_000_000, rate: 0.001 }")),
  diverging: declare("diverging", single("fit", "{ steps: 200, rate: 1e12 }")),
};

/** Writes a study into a folder of experiments. */
export async function declareStudy(
  experiments: string,
  name: keyof typeof declarations,
): Promise<void> {
  await mkdir(join(experiments, "tasks"), { recursive: true });
  await mkdir(join(experiments, name), { recursive: true });
  await writeFile(join(experiments, "tasks", "tasks.ts"), tasks);
  await writeFile(join(experiments, "tasks", "count.ts"), count);
  await writeFile(join(experiments, "tasks", "fit.ts"), fit);
  await writeFile(join(experiments, name, "study.ts"), declarations[name]);
}

/** A folder of experiments within the project, where imports of the library resolve. */
async function createExperiments(...names: (keyof typeof declarations)[]): Promise<string> {
  const experiments = await temporaryFolder(join(root, ".cache"));
  for (const name of names) await declareStudy(experiments, name);
  return experiments;
}

/** A gallery of its own: studies, store and public folder. */
export async function createGallery(...names: (keyof typeof declarations)[]) {
  const folder = await temporaryFolder();
  const experiments = await createExperiments(...names);
  const env = {
    VITRINE_EXPERIMENTS: experiments,
    VITRINE_RESULTS: join(folder, "results"),
    VITRINE_PUBLIC: join(folder, "public"),
  };
  const train = (...args: string[]): Command => start("train", ["--engine", "cpu", ...args], env);
  /** Keys of the runs in the store. */
  const stored = async (): Promise<string[]> =>
    (await readdir(env.VITRINE_RESULTS)).filter((name) => /^[0-9a-f]{32}$/.test(name));
  const index = async (): Promise<SiteIndex> =>
    JSON.parse(await readFile(join(env.VITRINE_PUBLIC, "runs", "index.json"), "utf8")) as SiteIndex;
  return { folder, experiments, env, train, stored, index };
}
