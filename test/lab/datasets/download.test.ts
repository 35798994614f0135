import { createHash } from "node:crypto";
import { mkdtemp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { download, DownloadError, realEffects } from "../../../src/lab/datasets/download.ts";

const name = "t10k-images-idx3-ubyte.gz";
const content = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7919) % 251));
const sha256 = createHash("sha256").update(content).digest("hex");

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

const whole: Answer = (_, response) => response.end(content);
const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end("no");
const hang: Answer = () => {};

/** Sends the first half and breaks the connection; later requests get what they ask for. */
function breakOnce(): Answer {
  let broken = false;
  return (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (broken) {
      const length = content.length;
      const headers = { "content-range": `bytes ${from}-${length - 1}/${length}` };
      response.writeHead(from > 0 ? 206 : 200, from > 0 ? headers : {}).end(content.subarray(from));
      return;
    }
    broken = true;
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 50_000), () => setTimeout(() => response.destroy(), 50));
  };
}

let directory: string;
let servers: Server[];
let requests: IncomingMessage[];
let waits: number[];
let seen: [number, number | null][];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "download-"));
  [servers, requests, waits, seen] = [[], [], [], []];
});

afterEach(async () => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  await rm(directory, { recursive: true });
});

async function mirror(answer: Answer): Promise<string> {
  const server = createServer((request, response) => {
    requests.push(request);
    answer(request, response);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}`;
}

const get = (urls: string[]) =>
  download({
    name,
    urls,
    sha256,
    bytes: content.length,
    directory,
    effects: {
      ...realEffects,
      log: () => {},
      sleep: async (ms) => void waits.push(ms),
      progress: (_, received, total) => void seen.push([received, total]),
    },
    patience: { answerMs: 300, stallMs: 300, totalMs: 1200, attempts: 3, backoffMs: 100 },
  });

const kept = () => readFile(join(directory, name));
const failure = (urls: string[]) =>
  get(urls).then(
    () => "no failure",
    (error: unknown) => (error instanceof DownloadError ? error.message : error),
  );

/** An address where nobody listens. */
const nobody = `http://127.0.0.1:2/${name}`;

describe("download", () => {
  test("keeps a verified file under its name and nothing else, and tells its progress", async () => {
    expect(await get([await mirror(whole)])).toBe(join(directory, name));
    expect(await kept()).toEqual(content);
    expect(await readdir(directory)).toEqual([name]);
    expect(seen.at(-1)).toEqual([content.length, content.length]);
  });

  test("goes to the next mirror at once where nobody answers or the file is missing", async () => {
    await get([nobody, await mirror(status(404)), await mirror(whole)]);
    expect(await kept()).toEqual(content);
    expect(requests).toHaveLength(2);
    expect(waits).toEqual([]);
  });

  test("waits longer and longer for a server that is overloaded", async () => {
    const busy = await mirror(status(503));
    await get([busy, await mirror(whole)]);
    expect(requests).toHaveLength(4);
    expect(waits).toEqual([100, 200]);
  });

  test("resumes a broken transfer where it ended", async () => {
    await get([await mirror(breakOnce())]);
    expect(await kept()).toEqual(content);
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, "bytes=50000-"]);
  });

  test("resumes on another mirror, and from an earlier call", async () => {
    const broken: Answer = (_, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 30_000), () => setTimeout(() => response.destroy(), 50));
    };
    await failure([await mirror(broken)]);
    expect(await readdir(directory)).toEqual([`.part-${name}`]);
    requests = [];
    await get([nobody, await mirror(breakOnce())]);
    expect(requests[0]!.headers.range).toBe("bytes=30000-");
    expect(await kept()).toEqual(content);
    expect(await readdir(directory)).toEqual([name]);
  });

  test("continues what a process that is gone left", async () => {
    const half = content.subarray(0, 50_000);
    await writeFile(join(directory, `.part-999999999-0123abcd-${name}`), half);
    await get([await mirror(whole)]);
    expect(requests[0]!.headers.range).toBe("bytes=50000-");
    expect(await kept()).toEqual(content); // this server ignores ranges and sends the whole
    expect(await readdir(directory)).toEqual([name]);
  });

  test("begins anew where what was left is not the beginning of the file", async () => {
    await writeFile(join(directory, `.part-${name}`), Buffer.alloc(50_000));
    const answer = breakOnce();
    const url = await mirror((request, response) => {
      if (requests.length === 1) answer({ headers: {} } as IncomingMessage, response);
      else answer(request, response);
    });
    await get([url]);
    expect(await kept()).toEqual(content);
  });

  test("begins anew where the server has nothing after what was left", async () => {
    await writeFile(join(directory, `.part-${name}`), Buffer.alloc(200_000));
    const url = await mirror((request, response) =>
      request.headers.range ? response.writeHead(416).end() : response.end(content),
    );
    await get([url]);
    expect(await kept()).toEqual(content);
  });

  test("removes a file with a wrong checksum and asks the next mirror", async () => {
    const wrong = await mirror((_, response) => response.end(Buffer.alloc(content.length)));
    await get([wrong, await mirror(whole)]);
    expect(requests.map(({ headers }) => headers.range)).toEqual([undefined, undefined]);
    expect(await kept()).toEqual(content);
  });

  test("gives up a server that hangs, before or amid its answer", async () => {
    const amid = await mirror((_, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 10));
    });
    const started = performance.now();
    await get([await mirror(hang), amid, await mirror(whole)]);
    expect(await kept()).toEqual(content);
    expect(performance.now() - started).toBeLessThan(5000); // at most four waits of 0.3 s
  });

  test("stops an endless answer where the file would end, packed or not", async () => {
    let sent = 0;
    const endless: Answer = (_, response) => {
      const piece = Buffer.alloc(65_536);
      const pour = (): void => {
        while (!response.destroyed && response.write(piece)) sent += piece.length;
      };
      response.on("drain", pour);
      pour();
    };
    const packed = gzipSync(Buffer.alloc(50_000_000));
    const bomb: Answer = (_, response) => {
      response.writeHead(200, { "content-encoding": "gzip" }).end(packed);
    };
    const reason = "sends more than the 100000 bytes of the file";
    for (const answer of [endless, bomb]) {
      const url = await mirror(answer);
      expect(await failure([url])).toBe(`no mirror delivered ${name}:\n${url}: ${reason}`);
      expect((await stat(join(directory, `.part-${name}`))).size).toBe(0);
      expect(waits).toEqual([]);
    }
    expect(sent).toBeLessThan(20_000_000); // what the two ends of a connection buffer
    await get([await mirror(whole)]);
    expect(await kept()).toEqual(content);
  });

  test("gives up a server that drips", async () => {
    const drip = await mirror((_, response) => {
      const timer = setInterval(() => response.write("x"), 50);
      response.on("close", () => clearInterval(timer));
    });
    const started = performance.now();
    expect(await failure([drip])).toContain("is not done after 1.2 s");
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test("asks for the whole where a server answers another range", async () => {
    await writeFile(join(directory, `.part-${name}`), content.subarray(0, 50_000));
    const stubborn = await mirror((request, response) => {
      if (!request.headers.range) return void response.end(content);
      const headers = { "content-range": `bytes 7-9/${content.length}` };
      response.writeHead(206, headers).end(content.subarray(7, 10));
    });
    await get([stubborn]);
    expect(requests.map(({ headers }) => headers.range)).toEqual(["bytes=50000-", undefined]);
    expect(await kept()).toEqual(content);
  });

  test("ends with a server that answers another range whatever is asked", async () => {
    const other = await mirror((_, response) =>
      response.writeHead(206, { "content-range": "bytes 7-9/10" }).end("789"),
    );
    expect(await failure([other])).toContain("sends another range: bytes 7-9/10");
    expect(requests).toHaveLength(3);
  });

  test("names every mirror and its failure", async () => {
    const page: Answer = (_, response) =>
      response.writeHead(200, { "content-type": "text/html; charset=utf-8" }).end("<html>Log in");
    const urls = [
      nobody,
      await mirror(status(404)),
      await mirror(page),
      await mirror((_, response) => response.end("short")),
      await mirror(hang),
    ];
    const found = createHash("sha256").update("short").digest("hex").slice(0, 16);
    const reasons = [
      "ECONNREFUSED",
      "status 404",
      "answers with a web page",
      `has SHA-256 ${found}…, expected ${sha256.slice(0, 16)}…`,
      "nothing came for 0.3 s",
    ];
    expect(await failure(urls)).toBe(
      [`no mirror delivered ${name}:`, ...urls.map((url, i) => `${url}: ${reasons[i]}`)].join("\n"),
    );
    expect(await readdir(directory)).toEqual([]);
  });

  test("lets two downloads of the same file run side by side", async () => {
    const url = await mirror(whole);
    await Promise.all([get([url]), get([url])]);
    expect(await kept()).toEqual(content);
    expect(await readdir(directory)).toEqual([name]);
  });

  test("says so where it cannot write", async () => {
    await rm(directory, { recursive: true });
    await writeFile(directory, "a file in the place of the folder");
    expect(await failure([nobody])).toContain("cannot be written");
    await rm(directory);
    await mkdir(directory);
  });
});
