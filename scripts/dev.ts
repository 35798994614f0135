import { formatOptions, type OptionDeclaration, runCommand } from "../src/cli.ts";
import { runLoop } from "../src/loop.ts";
import { environmentHelp, readTrainOptions, trainOptions } from "../src/train-options.ts";

const serverOptions = {
  host: { type: "string", value: "NAME", help: "address to listen on (default: localhost)" },
  port: { type: "string", value: "N", help: "port to listen on (default: 4321)" },
} as const satisfies Record<string, OptionDeclaration>;

const { only, profile, engine, jobs, data, help: helpOption } = trainOptions;
const options = { ...serverOptions, only, profile, engine, jobs, data, help: helpOption };

const help = `npm run dev -- [options]

Serves the site while you write it, until Ctrl-C. A changed text shows at once. When code of a study
changes, what is due is made as npm run build makes it: runs that are being made and still wanted are
finished, others are given up, and pages show each result when it is there. Mistakes are told here
and on the page; nothing ends.

Options
${formatOptions(options)}

${environmentHelp}

Exit codes
  1    a mistake in options, or the server could not start
  130  interrupted (143: asked to end, 129: the terminal is gone); finished runs are kept`;

/** The arguments without those of some options. */
const argsWithout = (args: readonly string[], names: readonly string[]): string[] =>
  args.filter((arg, i) => {
    const isNamed = (text: string | undefined, whole: boolean): boolean =>
      names.some((name) => text === `--${name}` || (!whole && text?.startsWith(`--${name}=`)));
    return !isNamed(arg, false) && !isNamed(args[i - 1], true);
  });

await runCommand(async (signal) => {
  const args = process.argv.slice(2);
  const { folders, help: isHelp, more } = readTrainOptions(args, process.env, serverOptions);
  if (isHelp) {
    console.log(help);
    return 0;
  }
  const serverArgs = Object.entries(more).flatMap(([name, value]) =>
    value === null ? [] : [`--${name}`, value],
  );
  const trainArgs = argsWithout(args, Object.keys(serverOptions));
  return runLoop({ folders, trainArgs, serverArgs }, { say: console.error, signal });
});
