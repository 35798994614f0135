import { formatOptions, runCommand } from "../src/cli.ts";
import { train } from "../src/lab/session.ts";
import { formatTimes } from "../src/lab/summary.ts";
import { environmentHelp, readTrainOptions, trainOptions } from "../src/train-options.ts";

const help = `npm run train -- [options]

Trains every run that the experiments declare and the store does not hold yet, longest first, a
process per core; then lays out public/runs/ for the site. A result is kept until its experiment,
its pictures, the engine or the code that computes it changes, so that running this again is cheap.

Options
${formatOptions(trainOptions)}

${environmentHelp}

Exit codes
  0    every selected run has a result
  1    a mistake in options, experiments or data; the message says which
  2    a run failed or diverged; the others are published
  130  interrupted (143: asked to end, 129: the terminal is gone); finished runs are kept

Examples
  npm run train                                     what is missing
  npm run train -- --dry-run                        what that would be
  npm run train -- --only fcn-depth --force         one study anew
  npm run train -- --only cnn-depth/cnn-20 --jobs 1 one run alone
  npm run train -- --profile quick                  every page in minutes
  npm run train -- --report                         how near to the published figures`;

await runCommand(async (signal) => {
  const options = readTrainOptions(process.argv.slice(2), process.env, {});
  if (options.help) {
    console.log(help);
    return 0;
  }
  const now = (): number => performance.now();
  const { exitCode, times } = await train(options, { output: process.stdout, now, signal });
  if (!options.dryRun) console.log(formatTimes(times));
  return exitCode;
});
