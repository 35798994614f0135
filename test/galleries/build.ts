import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { schemaVersion } from "../../src/lab/graph.ts";
import { publishStudies } from "../../src/lab/publish-studies.ts";
import type { StudyRecord } from "../../src/lab/run-record.ts";
import { describeAgenda } from "../../src/lab/site-index.ts";
import { openStore } from "../../src/lab/store/store.ts";
import { experimentsOf, makeStudies, planStudies } from "./make.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Makes the runs of a gallery and lays them out for pages. @returns the public folder. */
export async function publishGallery(gallery: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `vitrine-${gallery}-`));
  const { agenda, lost, store } = await makeStudies(
    experimentsOf(gallery),
    join(folder, "results"),
  );
  const publicFolder = join(folder, "public");
  await publishStudies(describeAgenda(agenda, lost, "default"), agenda.runs, store, publicFolder);
  return publicFolder;
}

/** Lays out a gallery of which no run is made yet. @returns the public folder. */
export async function publishUnmade(gallery: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), `vitrine-${gallery}-`));
  const results = join(folder, "results");
  const agenda = await planStudies(experimentsOf(gallery), results);
  const store = await openStore<StudyRecord>(results, schemaVersion);
  const publicFolder = join(folder, "public");
  const index = describeAgenda(agenda, new Map(), "default");
  await publishStudies(index, agenda.runs, store, publicFolder);
  return publicFolder;
}

export interface BuiltSite {
  dist: string;
  code: number | null;
  output: string;
  remove: () => Promise<void>;
}

/** Builds the pages of a folder of studies into static files, as `astro build` does. */
export async function buildPages(
  experiments: string,
  publicFolder: string,
  { base = "/", env = {} as NodeJS.ProcessEnv } = {},
): Promise<BuiltSite> {
  // Within the project each build renders in a folder of its own; elsewhere all share one.
  const within = join(root, ".astro", "tests");
  await mkdir(within, { recursive: true });
  const dist = await mkdtemp(join(within, "dist-"));
  const astro = join(root, "node_modules/astro/bin/astro.mjs");
  const child = spawn(process.execPath, [astro, "build"], {
    cwd: root,
    env: {
      ...process.env,
      NODE_ENV: "production",
      ASTRO_TELEMETRY_DISABLED: "1",
      VITRINE_EXPERIMENTS: experiments,
      VITRINE_PUBLIC: publicFolder,
      VITRINE_DIST: dist,
      VITRINE_BASE: base,
      ...env,
    },
  });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { dist, code, output, remove: () => rm(dist, { recursive: true, force: true }) };
}
