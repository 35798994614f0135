import { createServer, type Server } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** Any port that nothing else uses: whoever listens on it has the machine. */
const port = 47_291;

/** After this long the port belongs to something else than a bench. */
const giveUpMs = 300_000;

const listen = (): Promise<Server | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => resolve(server));
  });

/**
 * Acts while no other bench on this machine does: two that time at once would spoil each other's
 * times. The system ends the turn of a process that dies.
 */
export async function inTurn<T>(act: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  let server = await listen();
  while (!server && performance.now() - startedMs < giveUpMs) {
    await pause(200);
    server = await listen();
  }
  try {
    return await act();
  } finally {
    server?.close();
  }
}
