import { homedir } from "node:os";
import { join } from "node:path";

/** VITRINE_CACHE, else vitrine/ in the user's cache folder; it need not exist. */
export const cacheDirectory = (env: NodeJS.ProcessEnv = process.env): string =>
  env["VITRINE_CACHE"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "vitrine");
