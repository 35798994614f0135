import { type ChildProcess, spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SiteIndex } from "../../src/lab/site-index.ts";
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

const tasks = `
import { arrays, defineTask, table, value, x, y, z } from "#lab/task";

export const count = defineTask({
  name: "count",
  params: z.strictObject({ to: z.int() }),
  outputs: { sum: value(z.int()) },
  code: new URL("count.ts", import.meta.url),
});

/** Goes down a parabola, one number at a time. */
export const descend = defineTask({
  name: "descend",
  params: z.strictObject({ steps: z.int(), rate: z.number() }),
  outputs: { course: table({ step: x("step"), loss: y("loss") }), weights: arrays() },
  code: new URL("descend.ts", import.meta.url),
  needs: ({ steps }) => ({ seconds: steps }),
});
`;

const countCode = `
import type { Code } from "#lab/task";
import type { count } from "./tasks.ts";

const run: Code<typeof count> = async ({ params: { to } }) => ({ sum: (to * (to + 1)) / 2 });
export default run;
`;

const descendCode = `
import { scalar, square, sub, train, variable } from "@tensorflow/tfjs-core";
import { type Code, stopped } from "#lab/task";
import { minimise, openLab } from "#lab/training";
import type { descend } from "./tasks.ts";

const run: Code<typeof descend> = async (call) => {
  const { steps, rate } = call.params;
  const lab = await openLab(call);
  const at = variable(scalar(5));
  const optimizer = train.sgd(rate);
  const { series, loss, endedBy } = await lab.train({
    step: () => minimise(optimizer, () => ({ loss: square(sub(at, 2)).asScalar() }), [at]),
    steps,
  });
  const losses = series.loss!.map((value) => (Number.isFinite(value) ? value : null));
  const course = { step: losses.map((_, i) => i + 1), loss: losses };
  if (endedBy === "divergence") return stopped("loss became " + loss, { course });
  return { course, weights: { at: { data: at.dataSync() as Float32Array, shape: [] } } };
};
export default run;
`;

const declare = (title: string, table: string): string => `
import { defineStudy } from "#lab/study";
import { count, descend } from "../tasks/tasks.ts";

export default defineStudy(() => ({ title: "${title}", tables: { runs: ${table} } }));
`;

const descent = (steps: number, rate = 0.1): string =>
  `descend.table({ over: { steps: [${steps}] }, run: ({ steps }) => ({ steps, rate: ${rate} }) })`;

/** Studies that a test picks from, one run each. */
export const declarations = {
  counts: declare("counts", "count.table({ over: { to: [4] }, run: (at) => at })"),
  tiny: declare("tiny", descent(3)),
  /** The same run as that of "tiny". */
  twin: declare("twin", descent(3)),
  /** Longer than any test waits. */
  long: declare("long", descent(1_000_000_000, 0.001)),
  diverging: declare("diverging", descent(2000, 1e6)),
};

export type Declaration = keyof typeof declarations;

/** Adds a study to a folder of them. */
export async function addStudy(experiments: string, name: Declaration): Promise<void> {
  await mkdir(join(experiments, name), { recursive: true });
  await writeFile(join(experiments, name, "study.ts"), declarations[name]);
}

/** Where studies find the library. */
export const withinProject = join(root, ".cache");

/** Writes studies into a folder within the project. */
export async function writeStudies(experiments: string, ...names: Declaration[]): Promise<void> {
  const shared = join(experiments, "tasks");
  await mkdir(shared);
  await writeFile(join(shared, "tasks.ts"), tasks);
  await writeFile(join(shared, "count.ts"), countCode);
  await writeFile(join(shared, "descend.ts"), descendCode);
  for (const name of names) await addStudy(experiments, name);
}

/** A gallery of its own: studies, store and public folder. */
export async function createGallery(...names: Declaration[]) {
  const folder = await temporaryFolder();
  const experiments = await temporaryFolder(withinProject);
  await writeStudies(experiments, ...names);
  const env = {
    VITRINE_EXPERIMENTS: experiments,
    VITRINE_RESULTS: join(folder, "results"),
    VITRINE_PUBLIC: join(folder, "public"),
  };
  const train = (...args: string[]): Command => start("train", ["--engine", "cpu", ...args], env);
  const stored = async (): Promise<string[]> =>
    (await readdir(env.VITRINE_RESULTS)).filter((name) => /^[0-9a-f]{32}$/.test(name));
  const index = async (): Promise<SiteIndex> =>
    JSON.parse(await readFile(join(env.VITRINE_PUBLIC, "runs", "index.json"), "utf8")) as SiteIndex;
  return { folder, experiments, env, train, stored, index };
}
