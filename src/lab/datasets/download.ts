import { createHash } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../../error.ts";
import { claimPart, releasePart } from "./part.ts";

export interface DownloadEffects {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** Waits between two attempts, in milliseconds. */
  sleep: (ms: number) => Promise<unknown>;
  log: (message: string) => void;
  /** Called as bytes arrive; `total` is null where the server does not say. */
  progress: (name: string, received: number, total: number | null) => void;
}

export const realEffects: DownloadEffects = {
  fetch: (url, init) => fetch(url, init),
  sleep: (ms) => sleep(ms),
  log: (message) => console.error(message),
  progress: () => {},
};

export interface Patience {
  /** For the head of an answer, in milliseconds: a machine without network waits this long. */
  answerMs: number;
  /** Between two pieces of a body, in milliseconds. */
  stallMs: number;
  /** For all attempts of one mirror, in milliseconds. */
  totalMs: number;
  /** Attempts per mirror, where another may help. */
  attempts: number;
  /** Before the second attempt, in milliseconds; doubled before each further one. */
  backoffMs: number;
}

const patience: Patience = {
  answerMs: 4000,
  stallMs: 10_000,
  totalMs: 300_000, // 15 kB/s for the largest file
  attempts: 4,
  backoffMs: 500,
};

export interface DownloadRequest {
  /** Of the file, without folders. */
  name: string;
  /** The same file on several servers, the first tried first. */
  urls: string[];
  /** Of the file, lower-case hexadecimal. */
  sha256: string;
  /** Of the file; a longer answer is given up as soon as it is longer. */
  bytes: number;
  /** Created where missing. */
  directory: string;
  effects?: DownloadEffects;
  patience?: Patience;
}

/** No mirror delivered the file, or it could not be kept. */
export class DownloadError extends UserError {}

/** Why one attempt failed, and whether asking the same server again may help. */
class Failure extends Error {
  readonly again: boolean;

  constructor(message: string, again: boolean) {
    super(message);
    this.again = again;
  }
}

const transientStatus = new Set([408, 425, 429, 500, 502, 503, 504]);

/** Connections that were made and broken; where none is made at all, asking again is no use. */
const transientCode = new Set(["ECONNRESET", "EPIPE", "UND_ERR_SOCKET"]);

/** The reason of what fetch throws, which hides it in `cause`. */
function explain(error: unknown): string {
  const { message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? message;
}

/**
 * Runs `work`; its signal aborts when too long a time, in ms, passes between calls of `alive`, and
 * in any case at `until`, in ms of performance.now().
 */
async function withDeadline<T>(
  ms: { first: number; then: number; until: number },
  work: (signal: AbortSignal, alive: () => void) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const arm = (after: number) =>
    setTimeout(
      () => controller.abort(new Error(`nothing came for ${after / 1000} s`)),
      Math.min(after, ms.until - performance.now()),
    );
  let timer = arm(ms.first);
  try {
    return await work(controller.signal, () => {
      clearTimeout(timer);
      timer = arm(ms.then);
    });
  } finally {
    clearTimeout(timer);
  }
}

/** Whether the answer continues at byte `have`. @throws Failure if it is not the file. */
function continues(response: Response, have: number): boolean {
  const { status } = response;
  if (status === 416) throw new Failure(`has nothing after byte ${have}`, true);
  if (!response.ok) throw new Failure(`status ${status}`, transientStatus.has(status));
  if (response.headers.get("content-type")?.startsWith("text/html")) {
    throw new Failure("answers with a web page", false);
  }
  if (status !== 206) return false;
  const range = response.headers.get("content-range") ?? "";
  if (!range.startsWith(`bytes ${have}-`)) throw new Failure(`sends another range: ${range}`, true);
  return true;
}

/** One attempt, which continues the part file where it ends and the server allows. */
async function attempt(
  url: string,
  part: string,
  request: Required<DownloadRequest>,
  until: number,
) {
  const { effects, patience, name, bytes } = request;
  const have = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (have > 0) headers["range"] = `bytes=${have}-`;
  const deadline = { first: patience.answerMs, then: patience.stallMs, until };
  await withDeadline(deadline, async (signal, alive) => {
    const response = await effects.fetch(url, { headers, signal }).catch((error: unknown) => {
      const reason = explain(error);
      throw new Failure(reason, transientCode.has(reason));
    });
    let resumes: boolean;
    try {
      resumes = continues(response, have);
    } catch (error) {
      await response.body?.cancel();
      // A server that answers another range than the one asked for may still send the whole.
      if (response.status === 416 || response.status === 206) await rm(part, { force: true });
      throw error;
    }
    let received = resumes ? have : 0;
    const announced = response.headers.get("content-length");
    const total = announced === null ? null : received + Number(announced);
    const file = await open(part, resumes ? "a" : "w");
    try {
      const body = (response.body ?? []) as AsyncIterable<Uint8Array>;
      for await (const piece of interruptible(body)) {
        alive();
        if (received + piece.length > bytes) {
          await file.truncate(); // none of it can be continued
          throw new Failure(`sends more than the ${bytes} bytes of the file`, resumes);
        }
        await file.appendFile(piece);
        received += piece.length;
        effects.progress(name, received, total);
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (total !== null && received < total) {
      throw new Failure(`ended after ${received} of ${total} bytes`, true);
    }
  });
}

/** The pieces of a body; a broken connection is a failure that another attempt may mend. */
async function* interruptible(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new Failure(`broke off: ${explain(error)}`, true);
  }
}

async function checkSum(part: string, sha256: string, again: boolean): Promise<void> {
  const found = createHash("sha256")
    .update(await readFile(part))
    .digest("hex");
  if (found === sha256) return;
  await rm(part, { force: true });
  throw new Failure(`has SHA-256 ${found.slice(0, 16)}…, expected ${sha256.slice(0, 16)}…`, again);
}

/** Asks one mirror, repeatedly where that may help. @throws Failure, or what the disk reports. */
async function askMirror(url: string, part: string, request: Required<DownloadRequest>) {
  const { attempts, backoffMs, totalMs } = request.patience;
  const until = performance.now() + totalMs;
  for (let turn = 1; ; turn++) {
    try {
      const resumed = await stat(part).then(
        ({ size }) => size > 0,
        () => false,
      );
      await attempt(url, part, request, until);
      await checkSum(part, request.sha256, resumed); // what was resumed may be to blame
      return;
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (performance.now() >= until) {
        throw new Failure(`is not done after ${totalMs / 1000} s`, false);
      }
      if (!error.again || turn >= attempts) throw error;
      await request.effects.sleep(backoffMs * 2 ** (turn - 1));
    }
  }
}

/**
 * Downloads a file from the first mirror that delivers it. The file gets its name only when it is
 * whole and verified; what an interrupted download left is continued.
 * @returns the path of the file.
 * @throws DownloadError listing every mirror and why it failed, or why the file cannot be written.
 */
export async function download(options: DownloadRequest): Promise<string> {
  const request = { effects: realEffects, patience, ...options };
  const { name, directory } = request;
  const target = join(directory, name);
  const failures: string[] = [];
  try {
    await mkdir(directory, { recursive: true });
    const part = await claimPart(directory, name);
    try {
      for (const url of request.urls) {
        request.effects.log(`download ${url}`);
        try {
          await askMirror(url, part, request);
          await rename(part, target);
          return target;
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          failures.push(`${url}: ${error.message}`);
        }
      }
    } finally {
      await releasePart(part, directory, name);
    }
  } catch (error) {
    if (typeof (error as NodeJS.ErrnoException).code !== "string") throw error;
    throw new DownloadError(`${target} cannot be written: ${(error as Error).message}`, {
      hint: "set VITRINE_CACHE to a folder with room that you may write to",
      cause: error,
    });
  }
  throw new DownloadError(`no mirror delivered ${name}:\n${failures.join("\n")}`, {
    hint: "check the network (behind a proxy, set NODE_USE_ENV_PROXY=1), or give the files by --data",
  });
}
