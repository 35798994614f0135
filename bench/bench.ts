import { availableParallelism, cpus, totalmem } from "node:os";
import { formatOptions, type OptionDeclaration, readOptions, runCommand } from "../src/cli.ts";
import { UserError } from "../src/error.ts";
import { versionsOf } from "../src/lab/engines/versions.ts";
import { formatDuration } from "../src/lab/format.ts";
import { nearest } from "../src/nearest.ts";
import { cases, quickCases, sgemm } from "./cases.ts";
import { engineNames, gather } from "./contestant.ts";
import { judge } from "./goals.ts";
import { type Effort, measure } from "./measure.ts";
import { type Peaks, peaksOf, type Row, toRows } from "./row.ts";
import { formatCase, formatGoals } from "./table.ts";
import { inTurn } from "./turn.ts";

const declared = {
  case: {
    type: "string",
    value: "REGEX",
    help: "measure the cases whose names match, e.g. 'cnn-20/(sgd|adam)'",
  },
  engines: {
    type: "string",
    value: "LIST",
    help: `of ${engineNames.join(", ")}\n(default: all that can be found)`,
  },
  rounds: { type: "string", value: "N", help: "rounds per case (default: 3; 2 with --quick)" },
  patience: {
    type: "string",
    value: "SECONDS",
    help: "to wait in all for other processes to be done (default: 90; 10 with --quick)",
  },
  profile: {
    type: "boolean",
    help: "instead: where the onnx engine's time goes, by operator, on one thread",
  },
  quick: { type: "boolean", help: "a few cases, short: a look, not a measurement" },
  json: { type: "boolean", help: "print the rows, the goals and the machine as JSON" },
  check: { type: "boolean", help: "end with code 2 unless every goal is met" },
  help: { type: "boolean", help: "print this" },
} as const satisfies Record<string, OptionDeclaration>;

const help = `npm run bench -- [options]

Times training steps on this machine, in rounds: each engine in a process of its own, one after the
other, again and again. Ratios are made round by round, and their median is quoted. See
bench/README.md for the columns. PyTorch takes part where python3 can import torch.

Options
${formatOptions(declared)}

Exit codes
  0    measured
  1    a mistake in options; the message says which
  2    with --check: a goal is not met, or could not be judged`;

function readCount(name: string, values: readonly string[], fallback: number): number {
  const text = values.at(-1);
  const count = text === undefined ? fallback : Number(text);
  if (Number.isInteger(count) && count > 0) return count;
  throw new UserError(`option --${name}: expected a positive whole number, found “${text}”`);
}

function readPattern(values: readonly string[], quick: boolean): RegExp {
  // Lists split at commas; a name matches if any of their parts does.
  if (values.length === 0) return quick ? quickCases : /./;
  try {
    return new RegExp(values.map((value) => `(?:${value})`).join("|"));
  } catch (cause) {
    throw new UserError(`option --case: “${values.join(",")}” is no regular expression`, { cause });
  }
}

function readEngines(values: readonly string[]): string[] {
  for (const name of values) {
    if (engineNames.includes(name)) continue;
    const meant = nearest(name, engineNames);
    throw new UserError(`unknown engine “${name}”`, {
      hint: meant ? `did you mean “${meant}”?` : `one of ${engineNames.join(", ")}`,
    });
  }
  return values.length > 0 ? [...values] : engineNames;
}

const describeMachine = () => ({
  cpu: cpus()[0]?.model.trim() ?? process.arch,
  cores: availableParallelism(),
  memoryGb: Math.round(totalmem() / 1e9),
  versions: versionsOf("onnxruntime-node", "@tensorflow/tfjs-core"),
});

/** A JSON document with one row per line. */
function formatJson(document: Record<string, unknown[] | object>): string {
  const fields = Object.entries(document).map(([name, value]) => {
    const text = Array.isArray(value)
      ? `[\n${value.map((item) => JSON.stringify(item)).join(",\n")}\n]`
      : JSON.stringify(value);
    return `${JSON.stringify(name)}: ${text}`;
  });
  return `{\n${fields.join(",\n")}\n}`;
}

await runCommand(async (signal) => {
  const options = readOptions(process.argv.slice(2), declared);
  if (options.help) {
    console.log(help);
    return 0;
  }
  const effort: Effort = {
    rounds: readCount("rounds", options.rounds, options.quick ? 2 : 3),
    minMs: options.quick ? 100 : 300,
    patience: { leftMs: 1000 * readCount("patience", options.patience, options.quick ? 10 : 90) },
  };
  const pattern = readPattern(options.case, options.quick);
  const chosen = cases.filter((one) => one !== sgemm && pattern.test(one.name));
  if (chosen.length === 0 && !pattern.test(sgemm.name)) {
    throw new UserError(`no case matches “${pattern.source}”`, {
      hint: `the cases are ${cases.map(({ name }) => name).join(", ")}`,
    });
  }
  if (options.profile) {
    const { profile } = await import("./profile.ts");
    for (const measured of chosen) console.log((await profile(measured, 1)).join("\n"), "\n");
    return 0;
  }
  const startedMs = performance.now();
  // With --json the table goes where it does not get into the document.
  const say = (lines: string[]): void =>
    (options.json ? console.error : console.log)(lines.join("\n"));
  const machine = describeMachine();
  const { contestants, absent } = await gather(readEngines(options.engines));
  say([
    `${machine.cpu} × ${machine.cores}, ${machine.memoryGb} GB`,
    ...Object.entries(absent).map(([name, reason]) => `without ${name}: ${reason}`),
    "",
  ]);
  const rows: Row[] = [];
  let peaks: Peaks = new Map();
  for (const measured of [sgemm, ...chosen]) {
    signal.throwIfAborted();
    const entered = contestants(measured, rows);
    const found = toRows(measured, await inTurn(() => measure(measured, entered, effort)), peaks);
    if (measured === sgemm) peaks = peaksOf(found);
    rows.push(...found);
    if (found.length > 0) say([...formatCase(found), ""]);
  }
  const goals = judge(rows);
  const failures = rows.filter(({ engine, note }) => engine === "onnx" && note !== null).length;
  if (failures > 0) say([`the onnx engine failed in ${failures} rows, whose goals are not judged`]);
  say([...formatGoals(goals), `in ${formatDuration((performance.now() - startedMs) / 1000)}`]);
  if (options.json) console.log(formatJson({ machine, absent, rows, goals }));
  const allMet = failures === 0 && goals.length > 0 && goals.every(({ met }) => met);
  return options.check && !allMet ? 2 : 0;
}, "nothing is stored; the cases above this line were measured");
