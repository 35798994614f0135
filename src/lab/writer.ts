import { createHash, randomBytes } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A process that writes, told apart from all others that may see the same folder. */
export interface Writer {
  pid: number;
  /** When it started, in ticks since the machine did; 0 where the system does not tell. */
  start: number;
  /** Stands for the boot and the PID namespace, within which a process id means one process. */
  place: string;
}

function maybeRead<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

/** State and start of a process, or null where /proc does not tell. */
function readStat(pid: number | "self"): { state: string; start: number } | null {
  const text = maybeRead(() => readFileSync(`/proc/${pid}/stat`, "utf8"));
  // The name in the second field may hold spaces and brackets.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields ? { state: fields[0]!, start: Number(fields[19]) } : null;
}

/** Without Linux's /proc there are no PID namespaces, and the machine's name is all there is. */
function readPlace(): string {
  const linux = maybeRead(() => [
    readFileSync("/proc/sys/kernel/random/boot_id", "utf8"),
    readlinkSync("/proc/self/ns/pid"),
  ]);
  const name = (linux ?? [hostname()]).join(" ");
  return createHash("sha256").update(name).digest("hex").slice(0, 12);
}

const self: Writer = {
  pid: process.pid,
  start: readStat("self")?.start ?? 0,
  place: readPlace(),
};

/** A name beside the final one that tells who writes, e.g. ".tmp-4711-90210-5f3a9c0e-0123456789ab". */
export const temporaryName = ({ pid, start, place }: Writer = self): string =>
  `.tmp-${pid}-${start}-${randomBytes(4).toString("hex")}-${place}`;

/** Name of what gives way to something new, from which it can be put back. */
export const asideName = (target: string, writer?: Writer): string =>
  `.old-${target}${temporaryName(writer)}`;

/** Who made a name of temporaryName() or asideName(), and for the latter of what; null for others. */
export function parseName(name: string): { writer: Writer; target: string | null } | null {
  const pattern = /^(?:\.old-(.+))?\.tmp-(\d+)-(\d+)-[0-9a-f]{8}-([0-9a-f]{12})$/;
  const [, target = null, pid, start, place] = pattern.exec(name) ?? [];
  if (place === undefined) return null;
  return { writer: { pid: Number(pid), start: Number(start), place }, target };
}

function isProcess(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/**
 * Whether a writer still runs. Unknown are those of another boot, machine or PID namespace, which
 * cannot be asked, and those whose process id may have been given out again.
 */
export function judgeWriter({ pid, start, place }: Writer): "alive" | "dead" | "unknown" {
  if (place !== self.place) return "unknown";
  if (!isProcess(pid)) return "dead";
  // A /proc that was mounted in another PID namespace speaks of other processes.
  const isOurs = maybeRead(() => readlinkSync("/proc/self")) === String(process.pid);
  const stat = isOurs ? readStat(pid) : null;
  if (stat === null || start === 0) return "unknown";
  return stat.start === start && !"ZX".includes(stat.state) ? "alive" : "dead";
}
