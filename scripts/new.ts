import { join, relative } from "node:path";
import { formatOptions, type OptionDeclaration, readOptions, runCommand } from "../src/cli.ts";
import { UserError } from "../src/error.ts";
import { readFolders } from "../src/folders.ts";
import { listTemplates, writeStudy } from "../src/new-study.ts";
import { readSettings } from "../src/site/settings.ts";

const options = {
  template: {
    type: "string",
    value: "NAME",
    help: "what it is a copy of (default: classification)",
  },
  help: { type: "boolean", help: "print this" },
} as const satisfies Record<string, OptionDeclaration>;

const formatHelp = (templates: Record<string, string>): string => `npm run new -- NAME [options]

Writes a study into experiments/NAME: what to run, the code of it, figures and an article that build
at once, to be changed into your own. Nothing that exists is overwritten.

NAME is lower-case words joined by hyphens; it becomes part of addresses.

Options
${formatOptions(options)}

Templates
${Object.entries(templates)
  .map(([name, title]) => `  ${name.padEnd(20)}${title}`)
  .join("\n")}

Environment
  VITRINE_EXPERIMENTS   folder of studies (default: experiments)

Examples
  npm run new -- my-study
  npm run new -- my-study --template regression`;

await runCommand(async () => {
  const [first, ...others] = process.argv.slice(2);
  const name = first?.startsWith("--") === false ? first : null;
  const given = readOptions(name === null ? process.argv.slice(2) : others, options);
  if (given.help || first === undefined) {
    console.log(formatHelp(await listTemplates()));
    return given.help ? 0 : 1;
  }
  if (name === null) {
    throw new UserError("name the study first: npm run new -- NAME [options]");
  }
  const { experiments } = readFolders(process.env);
  const { authors } = readSettings(experiments);
  const date = new Date().toISOString().slice(0, 10);
  const template = given.template.at(-1) ?? "classification";
  const files = await writeStudy({ name, template, experiments, authors, date });
  const folder = relative(process.cwd(), join(experiments, name));
  console.log(`${files.map((file) => join(folder, file)).join("\n")}

Made of the template “${template}”. See it, from a few steps, then from all:
  npm run build -- --only ${name} --profile quick
  npm run build -- --only ${name}
  npm run preview`);
  return 0;
}, "nothing was written");
