import { execFile } from "node:child_process";
import { cp, mkdir, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { experimentsOf } from "../galleries/make.ts";
import { temporaryFolder } from "../lab/folder.ts";

const tsconfig = {
  extends: resolve("tsconfig.json"),
  compilerOptions: { types: ["node"], typeRoots: [resolve("node_modules/@types")] },
  include: ["."],
};

const figure = `import { results, runBehind } from "#site/results";
import type study from "../study.ts";

declare module "#site/studies" {
  interface Studies {
    chain: typeof study;
  }
}
`;

/** Checks a figure's code, behind the lines that declare the study; a line of problems each. */
async function problemsOf(body: string): Promise<string[]> {
  // Within the project, where imports of the library resolve.
  const folder = await temporaryFolder(resolve(".cache"));
  await cp(experimentsOf("chain"), folder, { recursive: true });
  await mkdir(join(folder, "chain", "figures"));
  await writeFile(join(folder, "chain", "figures", "fits.ts"), figure + body);
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify(tsconfig));
  const args = [resolve("node_modules/typescript/bin/tsc"), "-p", folder, "--pretty", "false"];
  const output = await new Promise<string>((done) => {
    execFile(process.execPath, args, (_error, stdout) => done(stdout));
  });
  return output.split("\n").filter((line) => line.includes("error TS"));
}

test("results are typed by the study's own tasks: each wrong name or type is an error, nothing else", async () => {
  const problems = await problemsOf(`
const [first] = results("chain", "fits", { degree: 1 });
export const slope: number | undefined = first?.out.parameters?.value[1];
export const ys: (number | null)[] = first?.out.curve?.table?.y ?? [];
export const degree: number | undefined = first?.record?.params.degree;
const sample = first && runBehind(first, "points");
export const shape: number[] | undefined = sample?.out.points?.arrays.x.shape;
export const points: number | undefined = sample?.record?.params.points;

results("chian", "fits");
results("chain", "fit");
results("chain", "fits", { degre: 1 });
const row = results("chain", "fits")[0]!;
void row.out.coefficient;
void row.out.curve?.table?.z;
void row.out.parameters?.value.toFixed();
runBehind(row, "point");
void runBehind(row, "points")?.out.points?.arrays.z;
`);
  expect(problems.map((line) => line.replace(/^.*?fits\.ts\((\d+),.*?: error /, "$1: "))).toEqual([
    expect.stringMatching(/^18: .*"chian"/),
    expect.stringMatching(/^19: .*"fit"/),
    expect.stringMatching(/^20: .*'degre'/),
    expect.stringMatching(/^22: .*'coefficient'/),
    expect.stringMatching(/^23: .*'z'/),
    expect.stringMatching(/^24: .*'toFixed'/),
    expect.stringMatching(/^25: .*"point"/),
    expect.stringMatching(/^26: .*'z'/),
  ]);
});
