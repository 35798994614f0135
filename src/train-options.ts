import { statSync } from "node:fs";
import { resolve } from "node:path";
import { type OptionDeclaration, readOptions } from "./cli.ts";
import { UserError } from "./error.ts";
import { readFolders } from "./folders.ts";
import type { GalleryOptions } from "./lab/gallery-session.ts";
import { type Profile, profiles } from "./lab/study.ts";
import { nearest } from "./nearest.ts";

export const trainOptions = {
  only: {
    type: "string",
    value: "ADDRESS",
    help: "a study, a table of it, or runs of the table (STUDY/TABLE/AXIS=VALUE), and\nwhat they read; may be repeated, or a list with commas; all by default",
  },
  force: { type: "boolean", help: "make even where a result exists; it is replaced at the end" },
  "dry-run": { type: "boolean", help: "print what would be made, and stop" },
  profile: {
    type: "string",
    value: "NAME",
    help: "what studies make: default, quick (a first look in minutes), small, full",
  },
  engine: {
    type: "string",
    value: "NAME",
    help: "onnx, onnx-im2col, tensorflow (see npm run setup:tensorflow), or cpu, the slow\nreference (default: onnx)",
  },
  jobs: {
    type: "string",
    value: "N",
    help: "processes at a time, one thread each (default: the number of cores)",
  },
  data: {
    type: "string",
    value: "DIR",
    help: "folder with mnist/ and fashion-mnist/, or “drawn” for stand-ins that the\nproject draws itself (default: VITRINE_DATA, else installed packages, else the\ncache, else a download, else drawn)",
  },
  verify: {
    type: "boolean",
    help: "compare every stored file with its checksum; else only those that look changed",
  },
  help: { type: "boolean", help: "print this" },
} as const satisfies Record<string, OptionDeclaration>;

export const environmentHelp = `Environment
  VITRINE_DATA          as --data
  VITRINE_CACHE         folder of downloads (default: vitrine in the user's cache folder)
  VITRINE_RESULTS       the store of results (default: results)
  VITRINE_EXPERIMENTS   folder of studies (default: experiments)
  VITRINE_PUBLIC        folder of static files; runs/ in it is laid out anew (default: public)
  VITRINE_DIST          folder of the built site (default: dist)
  VITRINE_PATIENCE      minutes that a run may give no word before it is ended (default: 120)
  NO_COLOR              no colours on a terminal`;

export interface TrainOptions extends GalleryOptions {
  help: boolean;
}

function readSingle(name: string, values: readonly string[]): string | null {
  if (values.length > 1) {
    throw new UserError(`option --${name} takes one value, found ${values.join(" and ")}`);
  }
  return values[0] ?? null;
}

function parseJobs(text: string | null): number | null {
  if (text === null) return null;
  const jobs = Number(text);
  if (Number.isInteger(jobs) && jobs > 0) return jobs;
  throw new UserError(`option --jobs: expected a positive whole number, found “${text}”`);
}

function parsePatience(text: string | undefined): number | null {
  if (!text) return null;
  const minutes = Number(text);
  // What a timer of Node can hold.
  if (minutes > 0 && minutes * 60_000 < 2 ** 31) return minutes * 60_000;
  throw new UserError(`VITRINE_PATIENCE: expected minutes, at most 35000, found “${text}”`);
}

/** A folder or "drawn"; null where none is named. */
function parseData(option: string | null, variable: string | undefined): string | null {
  const data = option ?? (variable || null);
  if (data === null || data === "drawn") return data;
  if (statSync(data, { throwIfNoEntry: false })?.isDirectory()) return resolve(data);
  throw new UserError(`${option === null ? "VITRINE_DATA" : "--data"} is ${data}: no such folder`, {
    hint: "name a folder with mnist/ and fashion-mnist/, or “drawn”; without it, packages are read",
  });
}

function parseProfile(text: string): Profile {
  const found = profiles.find((name) => name === text);
  if (found) return found;
  const meant = nearest(text, profiles);
  throw new UserError(`unknown profile “${text}”`, {
    hint: meant ? `did you mean “${meant}”?` : `one of ${profiles.join(", ")}`,
  });
}

/**
 * Arguments and environment of a training → options, complete.
 * @param more options that the command has besides; their values come along under `more`.
 * @throws UserError for everything that cannot be understood.
 */
export function readTrainOptions<const More extends Record<string, OptionDeclaration>>(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  more: More,
): TrainOptions & { more: { [Name in keyof More]: string | null } } {
  const declared: Record<string, OptionDeclaration> = { ...trainOptions, ...more };
  const values: Record<string, boolean | string[]> = readOptions(args, declared);
  const flag = (name: string): boolean => values[name] === true;
  const text = (name: string): string | null => readSingle(name, values[name] as string[]);
  return {
    agenda: { only: values["only"] as string[], force: flag("force") },
    profile: parseProfile(text("profile") ?? "default"),
    engine: text("engine") ?? "onnx",
    data: parseData(text("data"), env["VITRINE_DATA"]),
    folders: readFolders(env),
    jobs: parseJobs(text("jobs")),
    patienceMs: parsePatience(env["VITRINE_PATIENCE"]),
    dryRun: flag("dry-run"),
    verify: flag("verify"),
    help: flag("help"),
    more: Object.fromEntries(Object.keys(more).map((name) => [name, text(name)])) as {
      [Name in keyof More]: string | null;
    },
  };
}
