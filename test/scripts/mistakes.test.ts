import { cp, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { describe, expect, test } from "vitest";
import { temporaryFolder } from "../lab/folder.ts";
import { experimentsOf } from "../galleries/make.ts";
import { root, start } from "./gallery.ts";

/** What the command says of two studies, in one of which a text was changed. */
async function mistake(file: string, from: string, to: string): Promise<string> {
  const experiments = await temporaryFolder(join(root, ".cache"));
  for (const gallery of ["chain", "classes", "command", "failing"]) {
    await cp(experimentsOf(gallery), experiments, { recursive: true });
  }
  const path = join(experiments, file);
  const text = await readFile(path, "utf8");
  expect(text).toContain(from);
  await writeFile(path, text.replace(from, to));
  const env = {
    VITRINE_EXPERIMENTS: experiments,
    VITRINE_RESULTS: await temporaryFolder(),
    VITRINE_PUBLIC: await temporaryFolder(),
  };
  const { code, stdout, stderr } = await start("train", ["--dry-run"], env).ended;
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).not.toMatch(/^ {4}at /m);
  return stderr.replaceAll(relative(root, experiments), "experiments").trimEnd();
}

const study = "shapes/study.ts";
const tasks = "shapes/tasks.ts";

describe("a misspelt key of a declaration is told with its place and what was meant", () => {
  test.each([
    [study, "title", "titel", "study.ts: unknown key “titel”; did you mean “title”?"],
    [study, "description", "descripton", "unknown key “descripton”; did you mean “description”?"],
    [
      study,
      "over",
      "ovr",
      "study.ts:9:22: a table of task “classify-shapes”: unknown key “ovr”; did you mean “over”?",
    ],
    [
      study,
      "over:",
      "axes: { width: { labl: 'units' } }, over:",
      "axes.width: unknown key “labl”; did you mean “label”?",
    ],
    [
      tasks,
      "outputs",
      "output",
      "tasks.ts:4:25: task “classify-shapes”: unknown key “output”; did you mean “outputs”?",
    ],
    [
      tasks,
      "log: true",
      "logg: true",
      "outputs.course.columns.train: unknown key “logg”; did you mean “log”?",
    ],
    [
      tasks,
      'label: "accuracy',
      'lable: "accuracy',
      "outputs.accuracy: unknown key “lable”; did you mean “label”?",
    ],
    [tasks, "colours", "colors", "outputs.filters: unknown key “colors”; did you mean “colours”?"],
    [
      "darts/study.ts",
      "reads:",
      "passed: [], reads:",
      "command python3 darts.py: unknown key “passed”; did you mean “passes”?",
    ],
  ])("%s: %s → %s", async (file, from, to, told) => {
    const said = await mistake(file, from, to);
    expect(said).toContain(told);
    expect(said).toMatch(new RegExp(`^error: experiments/${file}`));
  });
});

describe("a wrong value of a declaration is told with its place and what would do", () => {
  test.each([
    [
      tasks,
      '"diverging"',
      '"divergin"',
      "outputs.filters.colours: “divergin” is none of grey, cividis, diverging; did you mean “diverging”?",
    ],
    [
      tasks,
      'value(z.number().min(0).max(1), { label: "accuracy on new pictures" })',
      "z.number()",
      "outputs.accuracy: is no output: write value(…), table(…)",
    ],
    [tasks, 'x("step")', "z.int()", "outputs.course.columns.step"],
    [tasks, "params: z.strictObject", "params: Object", "params: is no schema"],
    [study, 'title: "Noise",', "title: 7,", "title: expected string, received number"],
    [study, "noise: classify", "noise: {}, more: classify", "tables.noise: is no table"],
    [study, "noise: classify", "Noise: classify", "table name “Noise” is not lower-case words"],
  ])("%s: %s → %s", async (file, from, to, told) => {
    const said = await mistake(file, from, to);
    expect(said).toContain(told);
    expect(said).toMatch(new RegExp(`^error: experiments/${file}`));
  });
});

describe("code of a study that cannot be loaded is told by file and line, and only it", () => {
  test.each([
    [study, "tables: {", "tables: {{", `${study}:8:12: Expected identifier but found "{"`],
    [tasks, "needs:", "needs", `${tasks}:31:21: Expected "{" but found "=>"`],
    [study, "tasks.ts", "task.ts", `${study}:2:26: Could not resolve "./task.ts"`],
    [study, "classify }", "clasify }", `${study}:2: The requested module './tasks.ts' does not`],
    [study, "[1, 2, 4, 8]", "sizes", `${study}:11:22: sizes is not defined`],
    [study, "export", "process.exit(0); export", `${study} ends the process while it is loaded`],
  ])("%s: %s → %s", async (file, from, to, told) => {
    const said = await mistake(file, from, to);
    expect(said).toContain(`error: experiments/${told}`);
    expect(said.split("\n")).toHaveLength(1);
  });
});

describe("wrong parameters are told with study, table and row", () => {
  const rows: Record<string, string> = {
    "shapes/study.ts": "shapes/widths/width=1/seed=1",
    "failing/study.ts": "failing/doubles/way=well",
  };
  test.each([
    [
      study,
      "steps: 200",
      "step: 200",
      "the parameters of task “classify-shapes”: unknown key “step”; did you mean “steps”?",
    ],
    [
      study,
      "steps: 200",
      "steps: -1",
      "the parameters of task “classify-shapes”: steps: too small: expected number to be >0",
    ],
    [
      "failing/study.ts",
      "attempt: { way }",
      'attempt: { way: "thorws" as "throws" }',
      "the parameters of task “double”: attempt.way: “thorws” is none of well, throws, exits, crashes, spins, mistypes, omits, invents, stops; did you mean “throws”?",
    ],
  ])("%s: %s → %s", async (file, from, to, told) => {
    expect(await mistake(file, from, to)).toBe(
      `error: experiments/${file}: ${rows[file]}: ${told}`,
    );
  });
});
