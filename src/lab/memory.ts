import { totalmem } from "node:os";
import type { Failure } from "./failure.ts";
import { formatBytes } from "./format.ts";
import type { Needs } from "./task.ts";

/** Of the machine, or of what it lets this process have. */
const memoryBytes = (): number => Math.min(totalmem(), process.constrainedMemory() || Infinity);

/** e.g. "412 kB", "24 GB", "81 PB". */
export function formatMemory(bytes: number): string {
  if (bytes < 999.5e6) return formatBytes(bytes);
  const units = ["GB", "TB", "PB", "EB"];
  const power = Math.min(units.length - 1, Math.floor((Math.log10(bytes) - 8.9999) / 3));
  return `${Number((bytes / 1e9 / 1e3 ** power).toPrecision(2)).toLocaleString("en")} ${units[power]}`;
}

/** Why a run cannot be made on this machine; null where nothing is known against it. */
export function findExcess({ bytes = 0 }: Needs, availableBytes = memoryBytes()): Failure | null {
  if (bytes <= availableBytes) return null;
  return {
    reason: `it needs ${formatMemory(bytes)} of memory, this machine has ${formatMemory(availableBytes)}`,
    log: ["declare a smaller one, or make it on a larger machine: its result can be copied here"],
  };
}
