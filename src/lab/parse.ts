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

function explain(issue: Issue, schema: z.core.$ZodType, value: unknown): string[] {
  const where = formatPath(issue.path);
  const prefix = where ? `${where}: ` : "";
  if (issue.code === "unrecognized_keys") {
    const known = keysOf(schema, issue.path, value);
    return issue.keys.map((key) => {
      const meant = nearest(key, known);
      const hint = meant ? `did you mean “${meant}”?` : `known: ${known.join(", ")}`;
      return `${prefix}unknown key “${key}”; ${hint}`;
    });
  }
  if (issue.code === "invalid_union" && issue.errors.length > 0) {
    return deepest(issue.errors).flatMap((inner) =>
      explain({ ...inner, path: [...issue.path, ...inner.path] }, schema, value),
    );
  }
  return [`${prefix}${issue.message}`];
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
  const lines = parsed.error.issues.flatMap((issue) => explain(issue, schema, value));
  throw new UserError(`${what}: ${lines.length === 1 ? lines[0]! : `\n  ${lines.join("\n  ")}`}`);
}
