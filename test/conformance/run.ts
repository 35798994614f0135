/* Tests of tfjs-core on one engine: npm exec -- node test/conformance/run.ts --filter ops/abs */
import { parseArgs } from "node:util";
import { excluded } from "./excluded.ts";
import { testFiles } from "./groups.ts";
import { runSuite } from "./suite.ts";
import { formatSummary, summarise } from "./summary.ts";

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "onnx" },
    filter: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});
const { engine: engineName, filter } = values;
if (engineName !== "onnx" && engineName !== "cpu") {
  throw new Error(`unknown engine “${engineName}”: one of onnx, cpu`);
}
const results = await runSuite(engineName, testFiles, filter);
const summary = summarise(results, excluded[engineName]);
if (values.json) {
  console.log(JSON.stringify({ engine: engineName, ...summary, results }));
} else {
  for (const { file, name, failures } of summary.failures) {
    console.log(`${file}: ${name}\n  ${failures.join("\n  ")}\n`);
  }
  console.log(formatSummary(engineName, summary));
}
process.exitCode = summary.failures.length > 0 ? 1 : 0;
