import { parseBase, parseSite } from "../src/address.ts";
import { formatOptions, type OptionDeclaration, runCommand } from "../src/cli.ts";
import { formatTimes } from "../src/lab/format.ts";
import { makeGallery } from "../src/lab/gallery-session.ts";
import { readSettings } from "../src/site/settings.ts";
import { buildSite, prepareSite } from "../src/site-build.ts";
import { environmentHelp, readTrainOptions, trainOptions } from "../src/train-options.ts";

const pageOptions = {
  base: {
    type: "string",
    value: "PATH",
    help: "path of the site on its host, e.g. /vitrine/ (default: of site.yaml, else /)",
  },
  site: {
    type: "string",
    value: "URL",
    help: "address of the host, e.g. https://example.org (default: that of site.yaml)",
  },
} as const satisfies Record<string, OptionDeclaration>;

const help = `npm run build -- [options]

Makes the runs that are missing (as npm run train does, with the same options), then builds the site
into dist/: plain files for any host. Where nothing has changed since, dist/ stays as it is; delete
it to have every page made.

Options
${formatOptions({ ...pageOptions, ...trainOptions })}

${environmentHelp}
  VITRINE_BASE          as --base
  VITRINE_SITE          as --site

Exit codes
  0    the site shows every run
  1    a mistake in options, settings, studies, data or articles; the message says which
  2    a run failed or stopped early; the site is built and says so in its place
  130  interrupted (143: asked to end, 129: the terminal is gone); finished runs are kept

Examples
  npm run build                                what is missing, then the pages
  npm run build -- --profile quick             a first look, in minutes
  npm run build -- --base /vitrine/            for a site in a folder of its host`;

await runCommand(async (signal) => {
  const options = readTrainOptions(process.argv.slice(2), process.env, pageOptions);
  if (options.help) {
    console.log(help);
    return 0;
  }
  const { dryRun, folders, more } = options;
  const settings = readSettings(folders.experiments);
  const base = parseBase(more.base ?? (process.env["VITRINE_BASE"] || settings.base));
  const site = parseSite(more.site ?? (process.env["VITRINE_SITE"] || settings.site));
  if (!dryRun) await prepareSite(folders.dist);
  const now = (): number => performance.now();
  const trained = await makeGallery(options, { output: process.stdout, now, signal });
  if (dryRun) return trained.exitCode;
  const startedMs = now();
  const { publish, published } = trained;
  const plan = { folders, base, site, publish, published };
  const pagesCode = await buildSite(plan, { say: console.log, signal });
  if (pagesCode === 0 && site === undefined) {
    console.log("without --site, pages and citations leave out their own address");
  }
  console.log(formatTimes({ ...trained.times, pages: (now() - startedMs) / 1000 }));
  return pagesCode === 0 ? trained.exitCode : pagesCode;
});
