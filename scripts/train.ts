import { formatOptions, runCommand } from "../src/cli.ts";
import { formatTimes } from "../src/lab/format.ts";
import { makeGallery } from "../src/lab/gallery-session.ts";
import { environmentHelp, readTrainOptions, trainOptions } from "../src/train-options.ts";

const help = `npm run train -- [options]

Makes every run that the studies declare and the store does not hold yet, and those they read: the
longest chains first, a process per core; then lays out public/runs/ for the site. A result is kept
until its parameters, what it reads, the engine or its code changes, so that running this again is
cheap. What failed is tried again whenever it is selected; until then its reason is kept and shown.
npm run explain -- RUN tells why a run is made again, and why it failed.

Options
${formatOptions(trainOptions)}

${environmentHelp}

Exit codes
  0    every selected run has a result
  1    a mistake in options, studies or data; the message says which
  2    a run failed or stopped early; the others are published
  130  interrupted (143: asked to end, 129: the terminal is gone); finished runs are kept

Examples
  npm run train                                     what is missing
  npm run train -- --dry-run                        what that would be
  npm run train -- --only my-study --force          one study anew
  npm run train -- --only my-study/depth/layers=20  some of its runs
  npm run train -- --profile quick                  every page in minutes`;

await runCommand(async (signal) => {
  const options = readTrainOptions(process.argv.slice(2), process.env, {});
  if (options.help) {
    console.log(help);
    return 0;
  }
  const now = (): number => performance.now();
  const { exitCode, times } = await makeGallery(options, { output: process.stdout, now, signal });
  if (!options.dryRun) console.log(formatTimes(times));
  return exitCode;
});
