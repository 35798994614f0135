import { createHash, randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UserError } from "../../error.ts";

export interface Checksum {
  algorithm: "sha256" | "md5";
  hex: string;
}

export interface DownloadEffects {
  fetch: typeof fetch;
  log: (message: string) => void;
  /** Milliseconds without an answer or a byte after which a mirror is given up. */
  timeoutMs: number;
}

const attemptsPerMirror = 2;

/** One attempt; what an earlier one left in `partial` is continued where the server allows. */
async function attempt(url: string, partial: string, effects: DownloadEffects): Promise<void> {
  const have = await stat(partial).then(
    ({ size }) => size,
    () => 0,
  );
  const response = await effects.fetch(url, {
    headers: have > 0 ? { range: `bytes=${have}-` } : {},
    signal: AbortSignal.timeout(effects.timeoutMs),
  });
  if (!response.ok || !response.body) throw new Error(`status ${response.status}`);
  const resumes = response.status === 206;
  const expected = Number(response.headers.get("content-length") ?? 0);
  effects.log(`download ${url}${expected ? ` (${Math.ceil(expected / 1024)} kB)` : ""}`);
  const body = Readable.fromWeb(response.body as import("node:stream/web").ReadableStream);
  await pipeline(body, createWriteStream(partial, { flags: resumes ? "a" : "w" }));
}

async function verify(file: string, { algorithm, hex }: Checksum): Promise<void> {
  const found = createHash(algorithm).update(await readFile(file)).digest("hex");
  if (found === hex) return;
  await rm(file, { force: true });
  throw new Error(`${algorithm} ${found.slice(0, 12)}… instead of ${hex.slice(0, 12)}…`);
}

/**
 * Downloads a file from the first mirror that has it. It gets its final name only when whole and
 * verified.
 * @throws UserError listing every mirror and why it failed.
 */
export async function download(
  target: string,
  urls: string[],
  checksum: Checksum,
  effects: DownloadEffects,
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const failures: string[] = [];
  const partial = `${target}.${process.pid}-${randomUUID().slice(0, 8)}.part`;
  try {
    for (const url of urls) {
      for (let i = 0; i < attemptsPerMirror; i++) {
        try {
          await attempt(url, partial, effects);
          await verify(partial, checksum);
          await rename(partial, target);
          return;
        } catch (error) {
          const { message, cause } = error as Error;
          const reason = cause instanceof Error ? `${message} (${cause.message})` : message;
          failures.push(`${url}: ${reason}`);
          // No such host, or nobody there: asking again at once gives the same answer.
          if (message === "fetch failed") break;
        }
      }
    }
  } finally {
    await rm(partial, { force: true });
  }
  throw new UserError(`no mirror delivered ${target}\n${failures.join("\n")}`, {
    hint: "check the network, or point VITRINE_DATA at a folder with mnist/ and fashion-mnist/",
  });
}
