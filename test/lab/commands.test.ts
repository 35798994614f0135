import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { makeStudies } from "../galleries/make.ts";
import { temporaryFolder } from "./folder.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const pictures = join(root, "test/galleries/pictures/experiments/shapes/pictures");

/** A study of one command in a folder where imports of the library resolve. */
async function studyOf(argv: string[], files: Record<string, string>, more = ""): Promise<string> {
  const experiments = await temporaryFolder(join(root, ".cache"));
  const folder = join(experiments, "commands");
  await mkdir(folder);
  const study = `
import { command } from "#lab/command";
import { pictures } from "#lab/data";
import { defineStudy } from "#lab/study";
import { defineTask, value, z } from "#lab/task";

const say = defineTask({
  name: "say",
  params: z.strictObject({}),
  inputs: () => ({
    bars: pictures(${JSON.stringify(join(pictures, "bars"))}),
    all: [pictures(${JSON.stringify(pictures)})],
  }),
  outputs: { said: value(z.unknown()) },
  code: command(${JSON.stringify(argv)}, {
    folder: import.meta.url,
    reads: ${JSON.stringify(Object.keys(files))},
    ${more}
  }),
});

export default defineStudy(() => ({
  title: "Commands",
  tables: { runs: say.table({ over: {}, run: () => ({}) }) },
}));
`;
  for (const [name, text] of Object.entries({ ...files, "study.ts": study })) {
    await writeFile(join(folder, name), text);
  }
  return experiments;
}

async function failureOf(argv: string[], files: Record<string, string>, more?: string) {
  const results = await temporaryFolder();
  const { lost } = await makeStudies(await studyOf(argv, files, more), results);
  return [...lost.values()][0];
}

async function saidBy(argv: string[], files: Record<string, string>): Promise<unknown> {
  const results = await temporaryFolder();
  const { lost, record } = await makeStudies(await studyOf(argv, files), results);
  expect(lost).toEqual(new Map());
  return record("commands/runs")!.values["said"];
}

test("a program that is not there is told by name, with what to do", async () => {
  expect(await failureOf(["no-such-program", "now"], {})).toEqual({
    status: "failed",
    reason: "the program no-such-program was not found",
    log: ["install it, or put it on the PATH"],
  });
});

test.each([
  ["exit 3", "sh say.sh ended with exit code 3"],
  ["kill -USR1 $$; sleep 9", "sh say.sh was killed by SIGUSR1"],
  ["kill -SEGV $$", "sh say.sh was killed by SIGSEGV"],
  ["sleep 60 & sleep 60", "sh say.sh took longer than 1 s and was killed"],
])("%s fails with its reason and its last words", async (line, reason) => {
  const files = { "say.sh": `echo first\necho last >&2\n${line}\n` };
  const failure = await failureOf(["sh", "say.sh"], files, "limitSeconds: 1");
  expect(failure).toMatchObject({ status: "failed", reason });
  expect(failure).toMatchObject({ log: expect.arrayContaining(["first", "last"]) });
});

test("a program waits for what it has started and left behind with its output", async () => {
  const late = `(sleep 0.5; echo '"late"' > outputs/said.json) &`;
  expect(await saidBy(["sh", "say.sh"], { "say.sh": late })).toBe("late");
});

test("a program sees the variables that it is told of, and no way to its keeper", async () => {
  const program = `
    import { readdirSync, writeFileSync } from "node:fs";
    const said = { env: Object.keys(process.env), ipc: "send" in process };
    writeFileSync("outputs/said.json", JSON.stringify(said));
  `;
  const { env, ipc } = (await saidBy(["node", "say.mjs"], { "say.mjs": program })) as {
    env: string[];
    ipc: boolean;
  };
  const known = ["PATH", "HOME", "LANG", "LC_ALL", "TMPDIR"];
  expect(env.filter((name) => !known.includes(name))).toEqual([]);
  expect(ipc).toBe(false);
});

test("a program finds the names of its inputs' entries beside the inputs", async () => {
  const program = `
    import { readFileSync, writeFileSync } from "node:fs";
    const read = (path) => JSON.parse(readFileSync(path, "utf8"));
    const { bars, all } = read("labels.json");
    const said = { bars: read(bars), classes: read(all[0]).classes, inputs: read("inputs.json") };
    writeFileSync("outputs/said.json", JSON.stringify(said));
  `;
  const said = (await saidBy(["node", "say.mjs"], { "say.mjs": program })) as {
    inputs: { bars: string; all: string[] };
  };
  expect(said).toMatchObject({
    bars: { pixels: { picture: ["1.png", "2.png", "3.png", "4.png"] } },
    classes: { class: ["bars", "crosses", "discs"] },
  });
  expect([said.inputs.bars, ...said.inputs.all].every((path) => path.endsWith(".npz"))).toBe(true);
});
