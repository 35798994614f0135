import { once } from "node:events";
import { parseBase } from "../src/address.ts";
import { formatOptions, type OptionDeclaration, readOptions, runCommand } from "../src/cli.ts";
import { UserError } from "../src/error.ts";
import { readFolders } from "../src/folders.ts";
import { readBase, servePreview } from "../src/preview.ts";

const options = {
  base: {
    type: "string",
    value: "PATH",
    help: "path of the site (default: what it was built for)",
  },
  host: { type: "string", value: "NAME", help: "address to listen on (default: localhost)" },
  port: { type: "string", value: "N", help: "port to listen on (default: 4321)" },
  help: { type: "boolean", help: "print this" },
} as const satisfies Record<string, OptionDeclaration>;

const help = `npm run preview -- [options]

Serves the built site as a static host would, until Ctrl-C. What a build puts in its place
meanwhile is served too.

Options
${formatOptions(options)}

Environment
  VITRINE_DIST          folder of the built site (default: dist)`;

function parsePort(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65536) return port;
  throw new UserError(`option --port: expected a number up to 65535, found “${text}”`);
}

await runCommand(async (signal) => {
  const given = readOptions(process.argv.slice(2), options);
  if (given.help) {
    console.log(help);
    return 0;
  }
  const { dist } = readFolders(process.env);
  const port = parsePort(given.port.at(-1) ?? "4321");
  const host = given.host.at(-1) ?? "localhost";
  const builtFor = await readBase(dist);
  const base = given.base.length > 0 ? parseBase(given.base.at(-1)) : builtFor;
  const { server, url } = await servePreview(dist, { base, host, port });
  console.log(`${dist} is served at ${url} (Ctrl-C ends it)`);
  await once(signal, "abort");
  server.closeAllConnections();
  server.close();
  return 0;
});
