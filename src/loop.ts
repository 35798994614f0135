import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, watch } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { startAstro } from "./astro.ts";
import type { Folders } from "./folders.ts";
import type { RoundOrder, RoundWord } from "./round.ts";
import type { LoopWord } from "./site/dev-page.ts";

/** Editors write a file in several steps. */
const settleMs = 150;

/** Pages are made of these; no run is. */
const textExtensions = [".mdx", ".css", ".bib", ".astro"];

const round = fileURLToPath(new URL("round.ts", import.meta.url));
const lab = fileURLToPath(new URL("lab", import.meta.url));

/** Calls when files of studies or of the lab have changed that runs may be made of. */
function watchCode(folders: readonly string[], changed: () => void, signal: AbortSignal): void {
  let timer: NodeJS.Timeout | undefined;
  for (const folder of folders) {
    watch(folder, { recursive: true, signal }, (_event, name) => {
      if (name !== null && textExtensions.includes(extname(name))) return;
      clearTimeout(timer);
      timer = setTimeout(changed, settleMs);
    });
  }
}

/** Makes runs in rounds, a process each since modules are loaded once: the next when code changes. */
function createRounds(args: readonly string[], hear: (word: RoundWord) => void) {
  let making: ChildProcess | null = null;
  let next: ChildProcess | null = null;
  const order = (child: ChildProcess, order: RoundOrder): void => {
    if (child.connected) child.send(order);
  };

  /** Lets a round make what it has planned, when the one before has finished what is still due. */
  const follow = async (child: ChildProcess, due: string[]): Promise<void> => {
    if (making) {
      order(making, { type: "finish", keys: due });
      await once(making, "exit");
    }
    if (child !== next || !child.connected) return;
    [making, next] = [child, null];
    child.once("exit", () => (making = null));
    order(child, { type: "make" });
  };

  const begin = (): void => {
    if (next?.connected) next.disconnect();
    const child = fork(round, [...args], { stdio: ["ignore", "inherit", "inherit", "ipc"] });
    next = child;
    child.on("message", (word: RoundWord) => {
      if (word.type === "planned") void follow(child, word.due);
      else hear(word);
    });
    child.once("exit", () => {
      if (next === child) next = null;
    });
  };

  const end = async (): Promise<void> => {
    const running = [making, next].filter((child) => child !== null);
    for (const child of running) if (child.connected) child.disconnect();
    await Promise.all(running.map((child) => once(child, "exit")));
  };
  return { begin, end };
}

export interface LoopPlan {
  folders: Folders;
  /** Of npm run train, which every round reads. */
  trainArgs: readonly string[];
  /** Of `astro dev`. */
  serverArgs: readonly string[];
}

/**
 * Serves pages while they are written, and makes what is due whenever code changes.
 * @param say told of mistakes, once each.
 * @returns when the server ends by itself, its exit code.
 * @throws the signal's reason when it aborts, with everything ended that was started.
 */
export async function runLoop(
  { folders, trainArgs, serverArgs }: LoopPlan,
  { say, signal }: { say: (line: string) => void; signal: AbortSignal },
): Promise<number> {
  let server: ReturnType<typeof startAstro> | null = null;
  let mistake = "";
  const { promise: served, resolve } = Promise.withResolvers<number>();
  const send = (word: LoopWord): void => {
    if (server?.child.connected) server.child.send(word);
  };
  const serve = (): void => {
    server = startAstro(["dev", ...serverArgs], {}, signal);
    server.ended.then(resolve, () => resolve(1));
  };
  const hear = (word: RoundWord): void => {
    if (word.type === "published") {
      mistake = "";
      if (server) send({ type: "published" });
      else serve();
    } else if (word.type === "status") {
      send({ type: "status", text: word.text, isMistake: false });
    } else if (word.type === "mistake") {
      if (word.text !== mistake) say(`error: ${word.text}`);
      mistake = word.text;
      send({ type: "status", text: word.text, isMistake: true });
    }
  };
  const rounds = createRounds(trainArgs, hear);
  if (existsSync(join(folders.public, "runs", "index.json"))) serve();
  watchCode([folders.experiments, lab], rounds.begin, signal);
  rounds.begin();
  const aborted = once(signal, "abort").then(() => 1);
  const code = await Promise.race([served, aborted]);
  await rounds.end();
  signal.throwIfAborted();
  return code;
}
