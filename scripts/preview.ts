import { runCommand } from "../src/cli.ts";
import { runAstro } from "../src/astro.ts";

await runCommand((signal) => runAstro(["preview", ...process.argv.slice(2)], {}, signal));
