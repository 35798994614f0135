import { UserError } from "../error.ts";
import type { SiteIndex } from "../lab/site-index.ts";

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null;

/** What pages rely on at once; keys are names of folders. */
function isIndex(value: unknown): value is SiteIndex {
  if (!isObject(value) || !Array.isArray(value["studies"]) || !isObject(value["runs"]))
    return false;
  const { runs } = value;
  const isRun = (run: unknown): boolean => isObject(run) && "params" in run;
  if (!Object.entries(runs).every(([key, run]) => /^[0-9a-f]{32}$/.test(key) && isRun(run))) {
    return false;
  }
  return value["studies"].every(
    (study: unknown) =>
      isObject(study) &&
      typeof study["id"] === "string" &&
      Array.isArray(study["tables"]) &&
      study["tables"].every(
        (table: unknown) =>
          isObject(table) &&
          Array.isArray(table["rows"]) &&
          table["rows"].every(
            (row: unknown) => isObject(row) && Object.hasOwn(runs, String(row["key"])),
          ),
      ),
  );
}

/** @throws UserError naming the file where it is damaged or of another version. */
export function parseIndex(text: string, path: string): SiteIndex {
  const hint = "npm run build lays it out anew";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UserError(`${path} is not JSON: ${(error as Error).message}`, { hint });
  }
  if (isIndex(value)) return value;
  throw new UserError(`${path} is no index of studies and their runs`, { hint });
}
