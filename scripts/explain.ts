import { formatOptions, runCommand } from "../src/cli.ts";
import { UserError } from "../src/error.ts";
import { explainRun } from "../src/lab/explain.ts";
import { planGallery } from "../src/lab/gallery-session.ts";
import { environmentHelp, readTrainOptions, trainOptions } from "../src/train-options.ts";

const { profile, engine, data, help: helpOption } = trainOptions;
const options = { profile, engine, data, help: helpOption };

const help = `npm run explain -- RUN [options]

Tells the state of a run, when and why it failed, what it reads, and what has changed since the last
build in all that decides about it: parameters, inputs, code (with the files), packages, engine.
Nothing is made.

RUN is a full address (STUDY/TABLE/AXIS=VALUE/…) or the beginning of a key.

Options
${formatOptions(options)}

${environmentHelp}`;

await runCommand(async () => {
  const [run, ...rest] = process.argv.slice(2);
  if (run === undefined || run === "--help") {
    console.log(help);
    return run === undefined ? 1 : 0;
  }
  if (run.startsWith("--"))
    throw new UserError("name the run first: npm run explain -- RUN [options]");
  const read = readTrainOptions(rest, process.env, {});
  const { agenda } = await planGallery(read);
  console.log((await explainRun(agenda, read.folders.results, run)).join("\n"));
  return 0;
});
