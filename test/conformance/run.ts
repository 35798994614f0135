import { formatOptions, type OptionDeclaration, readOptions, runCommand } from "../../src/cli.ts";
import { UserError } from "../../src/error.ts";
import { excluded } from "./excluded.ts";
import { testFiles } from "./groups.ts";
import { engineNames, runSuite } from "./suite.ts";
import { formatSummary, summarise } from "./summary.ts";

const declared = {
  engine: { type: "string", value: "NAME", help: `${engineNames.join(", ")} (default: onnx)` },
  filter: { type: "string", value: "REGEX", help: "tests whose full names match" },
  json: { type: "boolean", help: "print the summary and every result as JSON" },
  help: { type: "boolean", help: "print this" },
} as const satisfies Record<string, OptionDeclaration>;

const help = `npm run conformance -- [options]

Runs TF.js's own tests of kernels, gradients and optimizers on an engine of this project. What is
left out, and why, is listed in test/conformance/excluded.ts.

Options
${formatOptions(declared)}

Exit codes
  0    every test that is not excluded passes
  1    some fail, or a mistake in options`;

await runCommand(async () => {
  const options = readOptions(process.argv.slice(2), declared);
  if (options.help) {
    console.log(help);
    return 0;
  }
  const given = options.engine.at(-1) ?? "onnx";
  const engine = engineNames.find((name) => name === given);
  if (!engine) {
    throw new UserError(`unknown engine “${given}”`, { hint: `one of ${engineNames.join(", ")}` });
  }
  const results = await runSuite(engine, testFiles, options.filter.at(-1) ?? "");
  const summary = summarise(results, excluded[engine]);
  if (options.json) {
    console.log(JSON.stringify({ engine, ...summary, results }));
  } else {
    for (const { file, name, failures } of summary.failures) {
      console.log(`${file}: ${name}\n  ${failures.join("\n  ")}\n`);
    }
    console.log(formatSummary(engine, summary));
  }
  return summary.failures.length > 0 ? 1 : 0;
}, "nothing is stored");
