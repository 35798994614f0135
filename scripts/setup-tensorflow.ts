import { formatOptions, readOptions, runCommand } from "../src/cli.ts";
import { createExecute } from "../src/lab/setup/execute.ts";
import { realEffects, setupTensorflow } from "../src/lab/setup/tensorflow.ts";

const options = { help: { type: "boolean", help: "print this" } } as const;

const help = `npm run setup:tensorflow

Makes --engine tensorflow work where the installer of @tensorflow/tfjs-node cannot download its
library: takes libtensorflow from TensorFlow's own Python package, and compiles the addon. Linux on
x64, with python3, its pip, g++ and 1.3 GB of disk, 0.9 GB of which stay in the cache. Nothing is
done where the engine runs already. npm ci removes the package; running this again takes seconds.

Options
${formatOptions(options)}

Environment
  VITRINE_CACHE         folder of downloads (default: vitrine in the user's cache folder)

Exit codes
  0    the engine runs
  1    something is missing; the message says what
  130  interrupted (143: asked to end)`;

await runCommand(async (signal) => {
  if (readOptions(process.argv.slice(2), options).help) {
    console.log(help);
    return 0;
  }
  const effects = { execute: createExecute(signal), say: (line: string) => console.log(line) };
  await setupTensorflow({ ...realEffects(), ...effects });
  return 0;
});
