import { formatOptions, runCommand } from "../src/cli.ts";
import { planGallery } from "../src/lab/gallery-session.ts";
import { describeStanding } from "../src/lab/gallery-status.ts";
import { environmentHelp, readTrainOptions, trainOptions } from "../src/train-options.ts";

const { only, profile, engine, data, help: helpOption } = trainOptions;
const options = { only, profile, engine, data, help: helpOption };

const help = `npm run status -- [options]

Tells of each study how many runs are done, missing, stale (and what has changed, to the file),
failed, blocked by one that failed, or stopped early; and why each is that is not done. Nothing is made.

Options
${formatOptions(options)}

${environmentHelp}

Exit codes
  0    every selected run is done
  1    some are not, or there is a mistake in options, studies or data; the message says which`;

await runCommand(async () => {
  const read = readTrainOptions(process.argv.slice(2), process.env, {});
  if (read.help) {
    console.log(help);
    return 0;
  }
  const { agenda } = await planGallery(read);
  const { lines, isDone } = await describeStanding(agenda, read.folders.results);
  console.log(lines.join("\n"));
  return isDone ? 0 : 1;
});
