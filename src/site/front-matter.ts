import { z } from "astro/zod";
import { LineCounter, parseDocument } from "yaml";
import { UserError } from "../error.ts";
import { parse } from "../lab/parse.ts";
import type { MdxFile } from "./mdx.ts";

const Person = z.strictObject({ name: z.string(), url: z.url().optional() });

/** Of article.mdx. */
export const ArticleFront = z.strictObject({
  title: z.string(),
  /** One sentence under the title. */
  deck: z.string(),
  /** Last part of the article's address, articles/<slug>/; the folder's name by default. */
  slug: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case words joined by hyphens")
    .optional(),
  /** For search engines and previews; the deck by default. */
  description: z.string().max(200).optional(),
  date: z.coerce.date(),
  authors: z.array(Person).min(1),
  /** What the article retells, and for whom credit is due. */
  source: z
    .strictObject({
      title: z.string(),
      url: z.url(),
      authors: z.array(z.string()).min(1),
      affiliation: z.string().optional(),
      venue: z.string(),
      /** How the article differs, in one sentence. */
      note: z.string().optional(),
    })
    .optional(),
  /** Data and protocol in one sentence. */
  protocol: z.string().optional(),
  /** What stands at the top of the home page; that of the newest article with one. */
  home: z.strictObject({ sentence: z.string(), figure: z.string().optional() }).optional(),
  /** The article's own entry of a bibliography. */
  cite: z.strictObject({ key: z.string(), note: z.string().optional() }).optional(),
});

/** Of figures/<id>.mdx. */
export const FigureFront = z.strictObject({
  title: z.string(),
  /** For search engines and previews; the title by default. */
  description: z.string().max(200).optional(),
  /** Text column, or text column and margin. */
  width: z.enum(["body", "page"]).default("page"),
  /** Tables whose runs it rests on, e.g. [depths, widths]; by default those that its body names. */
  shows: z.array(z.string()).optional(),
});

export type ArticleFront = z.output<typeof ArticleFront>;
export type FigureFront = z.output<typeof FigureFront>;

/** @throws UserError with file, line and what is wrong. */
export function readFrontMatter<S extends z.ZodType>(
  schema: S,
  { yaml, path }: Pick<MdxFile, "yaml" | "path">,
): z.output<S> {
  const lineCounter = new LineCounter();
  const document = parseDocument(yaml, { lineCounter, prettyErrors: false });
  const [error] = document.errors;
  if (error) {
    const { line, col } = lineCounter.linePos(error.pos[0]);
    throw new UserError(`${path}:${line + 1}:${col}: ${error.message}`);
  }
  return parse(schema, document.toJS() ?? {}, `${path}:1:1: the front matter`) as z.output<S>;
}
