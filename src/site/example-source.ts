import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/**
 * What a text writes between the tags of an element on lines of their own, without the margin.
 * @param at place of the element, e.g. "docs/figures.mdx:17:1".
 */
export function readExample(at: string): string {
  const [path, line] = at.split(":") as [string, string];
  const lines = readFileSync(resolve(path), "utf8").split("\n").slice(Number(line));
  const inside = lines.slice(
    0,
    lines.findIndex((text) => /^\s*<\/\w+>$/.test(text) && !/^\s{2}/.test(text)),
  );
  return inside
    .map((text) => text.replace(/^ {2}/, ""))
    .join("\n")
    .trim();
}
