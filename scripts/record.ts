import { mkdir, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { runCommand } from "../src/cli.ts";
import { UserError } from "../src/error.ts";
import { formatCount } from "../src/lab/format.ts";
import {
  formatRecorded,
  mergeRecorded,
  recordedPath,
  recordedRows,
  recordRow,
} from "../src/site/recorded.ts";
import { findRows } from "../src/site/results.ts";

const help = `npm run record -- STUDY/TABLE [STUDY/TABLE …]

Writes the numbers of a table's runs, as last published by npm run train or npm run build, into
experiments/STUDY/recorded/TABLE.csv: small enough to be checked in, so that figures can show what
takes too long to be made in every build. Rows that the file has already are replaced, others stay.

Only runs that are done are recorded, with key, code, engine and date of each.`;

async function record(address: string): Promise<void> {
  const [study, table, ...more] = address.split("/");
  if (!study || !table || more.length > 0) {
    throw new UserError(`“${address}” is no table`, { hint: "name it as STUDY/TABLE" });
  }
  const path = recordedPath(study, table);
  const made = findRows(study, table).flatMap((row) => recordRow(row) ?? []);
  if (made.length === 0) {
    throw new UserError(`no run of ${address} is done`, { hint: "run `npm run train` first" });
  }
  const rows = mergeRecorded(recordedRows(study, table), made);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, formatRecorded(rows));
  console.log(`${path}: ${formatCount(made.length, "row")} of now, ${rows.length} in all`);
}

await runCommand(async () => {
  const addresses = process.argv.slice(2);
  if (addresses.length === 0 || addresses.includes("--help")) {
    console.log(help);
    return addresses.length === 0 ? 1 : 0;
  }
  for (const address of addresses) await record(address);
  return 0;
});
