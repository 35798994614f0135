import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { formatOptions, type OptionDeclaration, readOptions, runCommand } from "../src/cli.ts";
import { UserError } from "../src/error.ts";
import { readFolders } from "../src/folders.ts";
import { writeAtomic } from "../src/lab/atomic.ts";
import { formatBytes } from "../src/lab/format.ts";
import { readBase } from "../src/preview.ts";
import { packPage } from "../src/single-file.ts";

const options = {
  "single-file": {
    type: "string",
    value: "STUDY",
    help: "its article as one file with pictures, styles, typefaces and scripts; may be repeated",
  },
  to: { type: "string", value: "DIR", help: "folder to write to (default: export)" },
  help: { type: "boolean", help: "print this" },
} as const satisfies Record<string, OptionDeclaration>;

const help = `npm run export -- --single-file STUDY

Writes articles of the built site as files that can be sent and opened anywhere: they load nothing.
Links to other pages lead to the site's address, where npm run build -- --site URL gave one.

Options
${formatOptions(options)}

Environment
  VITRINE_DIST          folder of the built site (default: dist)`;

await runCommand(async () => {
  const given = readOptions(process.argv.slice(2), options);
  if (given.help) {
    console.log(help);
    return 0;
  }
  const { dist } = readFolders(process.env);
  const base = await readBase(dist);
  if (given["single-file"].length === 0) {
    throw new UserError("nothing to export is named", { hint: "--single-file STUDY" });
  }
  const folder = resolve(given.to.at(-1) ?? "export");
  for (const study of given["single-file"]) {
    const page = join("articles", study);
    if (!existsSync(join(dist, page, "index.html"))) {
      throw new UserError(`the site in ${dist} has no article “${study}”`, {
        hint: "npm run build makes it; the name is that of the study's folder",
      });
    }
    const html = await packPage({ dist, base }, page);
    await mkdir(folder, { recursive: true });
    const path = join(folder, `${study}.html`);
    await writeAtomic(path, html);
    console.log(`export ${study} → ${path}, ${formatBytes(Buffer.byteLength(html))}`);
  }
  return 0;
});
