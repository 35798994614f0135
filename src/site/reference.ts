import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "astro/zod";
import { UserError } from "../error.ts";
import { readBraces } from "./component-props.ts";

/** A key of a declaration, for people. */
export interface Key {
  /** With the keys above it, e.g. "home.sentence". */
  name: string;
  type: string;
  isRequired: boolean;
  /** What it is for; empty where its name says it. */
  text: string;
}

interface JsonSchema {
  type?: string;
  enum?: string[];
  description?: string;
  default?: unknown;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
}

const typeOf = ({ type, enum: choices, items }: JsonSchema): string => {
  if (choices) return choices.map((choice) => JSON.stringify(choice)).join(" | ");
  if (items) return items.properties ? "list" : `list of ${typeOf(items)}s`;
  return type === "object" ? "keys" : (type ?? "date");
};

function listKeys(schema: JsonSchema, above: string): Key[] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => {
    const name = above + key;
    const standard = inner.default === undefined ? "" : `default: ${JSON.stringify(inner.default)}`;
    const own = {
      name,
      type: typeOf(inner),
      isRequired: schema.required?.includes(key) ?? false,
      text: [inner.description, standard].filter(Boolean).join("; "),
    };
    return [own, ...listKeys(inner, `${name}.`), ...listKeys(inner.items ?? {}, `${name}[].`)];
  });
}

/** Keys that a schema of objects knows, those within others after them. */
export const keysOfSchema = (schema: z.ZodType): Key[] =>
  listKeys(z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as JsonSchema, "");

const memberPattern =
  /(?:\/\*\*((?:[^*]|\*(?!\/))*)\*\/\s*)?(?:readonly\s+)?\b([a-zA-Z]\w*)(\??):\s*([^;]+);/g;

/** Keys that an interface of the project declares, with what its comments say of them. */
export function keysOfInterface(file: string, name: string): Key[] {
  const source = readFileSync(resolve(file), "utf8");
  const head = new RegExp(`interface ${name}\\b[^{]*?(?:=[^{]*?)?(?:extends [^{]*)?\\{\\n`).exec(
    source,
  );
  if (!head) throw new UserError(`${file} declares no interface ${name}`);
  const body = readBraces(source, head.index + head[0].lastIndexOf("{"));
  return [...body.matchAll(memberPattern)].map(([, comment = "", key, mark, type]) => ({
    name: key!,
    type: type!.replaceAll(/\s+/g, " "),
    isRequired: mark !== "?",
    text: comment
      .replaceAll(/^[ \t]*\* ?/gm, "")
      .replaceAll(/\s+/g, " ")
      .trim(),
  }));
}
