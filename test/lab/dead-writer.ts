import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const holder = fileURLToPath(new URL("store/writers/holder.ts", import.meta.url));

/** Has a process write a temporary folder and end. @returns the folder's name. */
export function leaveTemporary(directory: string): string {
  return spawnSync(process.execPath, [holder, directory], { input: "" }).stdout.toString().trim();
}
