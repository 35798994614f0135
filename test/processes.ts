import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";

async function childrenOf(pid: number): Promise<number[]> {
  const tasks = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = tasks.map((task) =>
    readFile(`/proc/${pid}/task/${task}/children`, "utf8").catch(() => ""),
  );
  return (await Promise.all(lists)).flatMap((list) => list.split(" ").filter(Boolean).map(Number));
}

/** Process ids of all that a process started and that they started, on Linux. */
export async function descendantsOf(pid: number): Promise<number[]> {
  const children = await childrenOf(pid);
  return [...children, ...(await Promise.all(children.map(descendantsOf))).flat()];
}

async function isRunning(pid: number): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  return status !== null && !status.includes(") Z ");
}

/** Those processes that still run when so much time has passed. */
export async function survivorsOf(pids: readonly number[], waitMs = 2000): Promise<number[]> {
  const untilMs = performance.now() + waitMs;
  for (;;) {
    const running = await Promise.all(pids.map(isRunning));
    const survivors = pids.filter((_, i) => running[i]);
    if (survivors.length === 0 || performance.now() > untilMs) return survivors;
    await sleep(50);
  }
}
