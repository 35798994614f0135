import { stripVTControlCharacters } from "node:util";
import nodeDestination from "astro/logger/node";

type Destination = ReturnType<typeof nodeDestination>;
type Event = Parameters<Destination["write"]>[0];

/** The kind of page that a line tells of, e.g. "runs" of "├─ /runs/0e1f/index.html"; null for others. */
const pageKind = (text: string): string | null => {
  const path = /^\s*[├└]─ \/?(\S+)$/.exec(text)?.[1];
  if (path === undefined) return null;
  return path.includes("/") ? path.split("/")[0]! : "others";
};

/** e.g. "1 others, 2 articles, 391 runs" */
const describe = (pages: ReadonlyMap<string, number>): string =>
  [...pages].map(([kind, count]) => `${count} ${kind}`).join(", ");

/**
 * Astro's own log without errors while pages are rendered, which tellMistakes() or Astro itself tell
 * at the end of a build, and with the number of pages in place of a line for each; of the development
 * server, with placed mistakes in one line.
 */
export default (options?: Parameters<typeof nodeDestination>[0]): Destination => {
  const inner = nodeDestination(options);
  const pages = new Map<string, number>();
  const writeInBuild = (event: Event): void => {
    const text = stripVTControlCharacters(event.message);
    const kind = pageKind(text);
    if (kind !== null) pages.set(kind, (pages.get(kind) ?? 0) + 1);
    const isTime = event.label === "SKIP_FORMAT" && text.startsWith(" (+");
    const isThrown = event.level === "error" && /^\w*Error: /.test(text);
    if (kind !== null || isTime || isThrown) return;
    if (text.includes("Completed in") && pages.size > 0) {
      inner.write({ ...event, label: null, message: `pages: ${describe(pages)}` });
      pages.clear();
    }
    inner.write(event);
  };
  /** A mistake that says where it stands needs no stack. */
  const write = (event: Event): void => {
    const [first = ""] = event.message.split("\n");
    const isPlaced =
      event.level === "error" && /^\S+:\d+:\d+: /.test(stripVTControlCharacters(first));
    inner.write(isPlaced ? { ...event, message: first } : event);
  };
  return { write: process.argv.includes("build") ? writeInBuild : write };
};
