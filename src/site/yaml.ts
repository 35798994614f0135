import type { z } from "astro/zod";
import { type Document, isMap, isScalar, isSeq, LineCounter, parseDocument } from "yaml";
import { UserError } from "../error.ts";
import { listMistakes } from "../lab/parse.ts";

export interface YamlText {
  text: string;
  /** Of the file, for places. */
  path: string;
  /** Where in the file the text starts, from 1. */
  line: number;
}

/** A failure of the parser in words: it goes down one call per level. */
const explain = ({ message }: Error): string =>
  message.includes("call stack") ? "nested too deeply" : message;

/** Offset of what keys lead to, or of the innermost there is on the way. */
function offsetOf({ contents }: Document, path: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const key of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (!pair || !isScalar(pair.key)) break;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(key)];
      const { range } = (node ?? {}) as { range?: number[] };
      offset = range?.[0] ?? offset;
    } else break;
  }
  return offset;
}

/**
 * Reads YAML that a schema describes; an empty text is an object without keys.
 * @throws UserError with a line for everything that is wrong: file, line, column, what and what was meant.
 */
export function readYaml<S extends z.ZodType>(
  schema: S,
  { text, path, line: firstLine }: YamlText,
): z.output<S> {
  const lineCounter = new LineCounter();
  const at = (offset: number): string => {
    const { line, col } = lineCounter.linePos(offset);
    return `${path}:${line + firstLine - 1}:${col}`;
  };
  try {
    const document = parseDocument(text, { lineCounter, prettyErrors: false });
    const [error] = document.errors;
    if (error) throw new UserError(`${at(error.pos[0])}: ${explain(error)}`);
    const value: unknown = document.toJS() ?? {};
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const mistakes = listMistakes(parsed.error.issues, schema, value);
    const lines = mistakes.map(({ line, path }) => `${at(offsetOf(document, path))}: ${line}`);
    throw new UserError(lines.join("\n"));
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError(`${path}:${firstLine}:1: ${explain(error as Error)}`, { cause: error });
  }
}
