import type { z } from "astro/zod";
import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";

type Issue = z.core.$ZodIssue;

/** Keys that a schema knows, however it is wrapped; empty for what is no object. */
function keysOf(schema: z.core.$ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  const { def } = schema._zod as unknown as { def: Record<string, unknown> & { type: string } };
  const inner = def["innerType"] as z.core.$ZodType | undefined;
  if (inner) return keysOf(inner, path, value);
  if (def.type === "union") {
    const options = def["options"] as z.core.$ZodType[];
    const discriminator = def["discriminator"] as string | undefined;
    const fits = options.filter(
      (option) => discriminator === undefined || accepts(option, discriminator, value),
    );
    return fits.flatMap((option) => keysOf(option, path, value));
  }
  const [key, ...rest] = path;
  if (def.type === "array" || def.type === "record") {
    const next = (def["element"] ?? def["valueType"]) as z.core.$ZodType;
    return key === undefined ? [] : keysOf(next, rest, (value as never)?.[key]);
  }
  if (def.type === "object") {
    const shape = def["shape"] as Record<string, z.core.$ZodType>;
    if (key === undefined) return Object.keys(shape);
    const next = shape[String(key)];
    return next ? keysOf(next, rest, (value as never)?.[key]) : [];
  }
  return [];
}

/** Whether the branch of a union is the one that a value's discriminator means. */
function accepts(option: z.core.$ZodType, discriminator: string, value: unknown): boolean {
  const { def } = option._zod as unknown as { def: { shape?: Record<string, z.ZodType> } };
  const field = def.shape?.[discriminator];
  return (
    field?.safeParse((value as Record<string, unknown> | null)?.[discriminator]).success ?? false
  );
}

const formatPath = (path: readonly PropertyKey[]): string =>
  path
    .map((key, i) => (typeof key === "number" ? `[${key}]` : (i > 0 ? "." : "") + String(key)))
    .join("");

/** The branch of a union that fits best: the one whose errors lie deepest, then the one with fewest. */
function deepest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = (issues: readonly Issue[]): number =>
    Math.max(0, ...issues.map(({ path }) => path.length));
  return [...branches].sort((a, b) => depth(b) - depth(a) || a.length - b.length)[0] ?? [];
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((at, key) => (at as Record<PropertyKey, unknown> | null | undefined)?.[key], value);

/** e.g. "“adm” is none of sgd, adam; did you mean “adam”?" */
function describeChoice(written: unknown, known: readonly string[]): string {
  const meant = typeof written === "string" ? nearest(written, known) : undefined;
  const found = typeof written === "string" ? `“${written}”` : JSON.stringify(written);
  return `${found} is none of ${known.join(", ")}${meant ? `; did you mean “${meant}”?` : ""}`;
}

/** Whether the schema has no words of its own for this. */
const saysNothing = ({ code, message }: Issue): boolean =>
  code === "custom" || /^(Invalid|Too) /.test(message);

const missing = "is missing";

/** What is wrong with a value that has the right keys, in words of the house. */
function describe(issue: Issue, written: unknown): string {
  if (!saysNothing(issue)) return issue.message;
  if (written === undefined) return missing;
  if (issue.code === "invalid_value") return describeChoice(written, issue.values.map(String));
  if (issue.code === "invalid_union" && "options" in issue) {
    return describeChoice(written, issue.options!.map(String));
  }
  if (issue.code === "invalid_type" && issue.expected === "date")
    return "is no date, e.g. 2026-11-24";
  const words = issue.message.replace("Invalid input: ", "");
  return words.replace(/^(Too|Invalid) /, (word) => word.toLowerCase());
}

interface Mistake {
  line: string;
  /** Whether a key was written that is none. */
  misspelt: boolean;
  /** Path of the key that this one means, or that is missing. */
  meant: string | null;
}

function explain(issue: Issue, schema: z.core.$ZodType, value: unknown): Mistake[] {
  if (issue.code === "unrecognized_keys") {
    const known = keysOf(schema, issue.path, value);
    const prefix = issue.path.length > 0 ? `${formatPath(issue.path)}: ` : "";
    return issue.keys.map((key) => {
      const meant = nearest(key, known) ?? null;
      const hint = meant === null ? `known: ${known.join(", ")}` : `did you mean “${meant}”?`;
      const line = `${prefix}unknown key “${key}”; ${hint}`;
      return { line, misspelt: true, meant: meant && formatPath([...issue.path, meant]) };
    });
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    return deepest(issue.errors).flatMap((inner) =>
      explain({ ...inner, path: [...issue.path, ...inner.path] }, schema, value),
    );
  }
  // Own words about a union are about the whole object, not its discriminator.
  const isWhole = issue.code === "invalid_union" && !saysNothing(issue);
  const where = formatPath(isWhole ? issue.path.slice(0, -1) : issue.path);
  const wrong = describe(issue, valueAt(value, issue.path));
  const line = where ? `${where}: ${wrong}` : wrong;
  return [{ line, misspelt: false, meant: wrong === missing ? where : null }];
}

/** Misspelt keys first; without what is missing since its key is one of them. */
function order(mistakes: readonly Mistake[]): Mistake[] {
  const misspelt = mistakes.filter((mistake) => mistake.misspelt);
  const others = mistakes.filter((mistake) => !mistake.misspelt);
  const meant = misspelt.map(({ meant }) => meant);
  return [...misspelt, ...others.filter((other) => !other.meant || !meant.includes(other.meant))];
}

/**
 * Checks a value against a schema.
 * @param what in words, e.g. "the parameters of task “train”".
 * @throws UserError with a line for everything that is wrong, at every depth: where, what, and the
 * nearest valid key for a misspelt one.
 */
export function parse<V>(schema: z.ZodType<V>, value: unknown, what: string): V {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const mistakes = parsed.error.issues.flatMap((issue) => explain(issue, schema, value));
  const lines = order(mistakes).map(({ line }) => line);
  throw new UserError(
    `${what}:${lines.length === 1 ? ` ${lines[0]}` : `\n  ${lines.join("\n  ")}`}`,
  );
}
