import { homedir, hostname } from "node:os";

/** All of an absolute path but its last part; a colon, a quote or a further path ends it. */
const directories =
  /(?<![\w.:/\\~-])(?:file:\/\/)?(?:~|[A-Za-z]:)?[\\/](?=\S)(?:(?:(?! [\\/]|: |:\/\/|'(?!\w))[^"“”`\n\\/])*[\\/])*/g;

const escape = (text: string): string => text.replace(/\W/g, "\\$&");

/**
 * The reason of a failure as anybody may read it: paths start from the project's folder where they
 * lie in it and shrink to their last part elsewhere, and the machine has no name.
 */
export function formatReason(reason: string, root = process.cwd(), host = hostname()): string {
  const named = new RegExp(`(?<![\\w.-])${escape(host)}(?![\\w-])`, "g");
  return reason
    .replaceAll(`file://${root}/`, "")
    .replaceAll(`${root}/`, "")
    .replaceAll(homedir(), "~")
    .replace(directories, "")
    .replace(named, "this machine");
}
