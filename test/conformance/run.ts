/* Tests of tfjs-core on one engine: node test/conformance/run.ts --engine onnx --filter ops/abs */
import { parseArgs } from "node:util";
import { testFiles } from "./groups.ts";
import { runSuite } from "./suite.ts";

const { values } = parseArgs({
  options: {
    engine: { type: "string", default: "onnx" },
    filter: { type: "string", default: "" },
    json: { type: "boolean", default: false },
  },
});
const engineName = values.engine === "cpu" ? "cpu" : "onnx";
const results = await runSuite(engineName, testFiles, values.filter);
if (values.json) {
  console.log(JSON.stringify(results));
} else {
  for (const { file, name, failures } of results) {
    if (failures.length > 0) console.log(`${file}: ${name}\n  ${failures.join("\n  ")}`);
  }
  console.log(results.filter((r) => r.failures.length === 0).length, "of", results.length);
}
