import { createHash } from "node:crypto";
import { realpathSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const askEveryMs = 200;

/** A socket's address that stands for a folder: the system frees it when its holder ends, however. */
function addressOf(folder: string): string {
  const hash = createHash("sha256").update(realpathSync.native(folder)).digest("hex");
  const name = `vitrine-${hash.slice(0, 16)}`;
  if (process.platform === "linux") return `\0${name}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  return join(tmpdir(), `${name}.sock`);
}

/** Elsewhere than on Linux and Windows a socket is a file, which outlives a holder that is killed. */
const removeAbandoned = (address: string): Promise<void> =>
  new Promise((resolve) => {
    const socket = connect(address, () => resolve(void socket.destroy()));
    socket.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ECONNREFUSED") rmSync(address, { force: true });
      resolve();
    });
  });

/** Null where another process holds the address. */
const maybeListen = (address: string): Promise<Server | null> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(null);
      else reject(error);
    });
    server.listen(address, () => resolve(server));
  });

/**
 * Does something that only one process of this machine may do to a folder at a time.
 * @param waiting called once if another process is at it.
 * @throws the signal's reason when it aborts while waiting.
 */
export async function holding<T>(
  folder: string,
  waiting: () => void,
  signal: AbortSignal,
  act: () => Promise<T>,
): Promise<T> {
  const address = addressOf(folder);
  let server = await maybeListen(address);
  if (!server) waiting();
  while (!server) {
    signal.throwIfAborted();
    await sleep(askEveryMs);
    if (address.endsWith(".sock")) await removeAbandoned(address);
    server = await maybeListen(address);
  }
  try {
    return await act();
  } finally {
    server.close();
  }
}
