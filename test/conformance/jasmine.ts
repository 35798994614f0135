/* Runs inside the bundle that suite.ts makes, in a process of its own. */
import { createRequire } from "node:module";
import { setTestEnvs } from "@tensorflow/tfjs-core/dist/jasmine_util.js";
import { foldFlag } from "../../src/lab/engines/onnx/fold.ts";
import { registerOnnx } from "../../src/lab/engines/onnx/index.ts";

/** One test, as it came out. */
export interface Result {
  /** e.g. "ops/abs" */
  file: string;
  /** e.g. "abs basic" */
  name: string;
  /** Messages of failed expectations; none if the test passed. */
  failures: string[];
  elapsedMs: number;
}

interface Suite {
  id: string;
  children?: Suite[];
}

interface Outcome {
  id: string;
  fullName: string;
  status: string;
  duration: number | null;
  failedExpectations: { message: string }[];
}

/** What is used of jasmine-core, which brings no types. */
interface Jasmine {
  topSuite(): Required<Suite>;
  configure(options: {
    random?: boolean;
    forbidDuplicateNames?: boolean;
    specFilter?: (spec: { id: string; getFullName(): string }) => boolean;
  }): void;
  addReporter(reporter: Record<"specDone" | "suiteDone", (outcome: Outcome) => void>): void;
  execute(): Promise<unknown>;
}

const require = createRequire(import.meta.url);

/**
 * Declares tests file by file, runs those whose file and name match, and sends their Results to the
 * parent process.
 * @param files file → what imports it.
 */
export async function runTests(files: Record<string, () => void>): Promise<void> {
  const [engineName, filter] = process.argv.slice(2) as [string, string];
  const pattern = new RegExp(filter);
  registerOnnx();
  const flags: Record<string, boolean> = engineName === "onnx" ? { [foldFlag]: false } : {};
  const backendName = engineName === "cpu" ? "cpu" : "onnx";
  setTestEnvs([{ name: engineName, backendName, flags, isDataSync: true }]);
  const nameOf = (fullName: string) =>
    fullName.replaceAll(` ${engineName} ${JSON.stringify(flags)}`, "");

  const { installGlobals } = require("jasmine-core") as { installGlobals: () => void };
  installGlobals();
  const jasmine = (globalThis as unknown as { jasmine: { getEnv(): Jasmine } }).jasmine.getEnv();
  const fileById = new Map<string, string>();
  const assign = (suite: Suite, file: string) => {
    fileById.set(suite.id, file);
    suite.children?.forEach((child) => assign(child, file));
  };
  // tfjs-core has tests of equal names.
  jasmine.configure({ random: false, forbidDuplicateNames: false });
  for (const [file, declare] of Object.entries(files)) {
    const before = jasmine.topSuite().children.length;
    declare();
    for (const suite of jasmine.topSuite().children.slice(before)) assign(suite, file);
  }
  jasmine.configure({
    specFilter: (spec) => pattern.test(`${fileById.get(spec.id)} ${nameOf(spec.getFullName())}`),
  });
  const results: Result[] = [];
  const report = ({ id, fullName, failedExpectations, duration }: Outcome) => {
    results.push({
      file: fileById.get(id)!,
      name: nameOf(fullName),
      failures: failedExpectations.map(({ message }) => message),
      elapsedMs: duration ?? 0,
    });
  };
  jasmine.addReporter({
    specDone: (outcome) => {
      if (outcome.status === "passed" || outcome.status === "failed") report(outcome);
    },
    // Only what fails in a suite's own set-up or tear-down stands here.
    suiteDone: (outcome) => {
      if (outcome.failedExpectations.length > 0) report(outcome);
    },
  });
  await jasmine.execute();
  // Disconnecting drops what the parent has not read yet.
  process.send!(results, () => process.disconnect());
}
