import { z } from "astro/zod";
import type { MdxFile } from "./mdx.ts";
import { readYaml } from "./yaml.ts";

/** A link that pages show; others could be code. */
export const Address = z.url({
  protocol: /^https?$/,
  error: "must be an address with https:// or http://",
});

export const Person = z.strictObject({ name: z.string(), url: Address.optional() });

/** Of article.mdx. */
export const ArticleFront = z.strictObject({
  title: z.string().describe("of the article"),
  deck: z.string().describe("one sentence under the title"),
  slug: z
    .string()
    .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case words joined by hyphens")
    .optional()
    .describe("last part of the address, articles/SLUG/; by default the name of the folder"),
  description: z
    .string()
    .max(200)
    .optional()
    .describe("for search engines and previews; the deck by default"),
  date: z.coerce.date().describe("of publication, e.g. 2026-11-24"),
  authors: z.array(Person).min(1).describe("who wrote it"),
  source: z
    .strictObject({
      title: z.string(),
      url: Address,
      authors: z.array(z.string()).min(1),
      affiliation: z.string().optional(),
      venue: z.string(),
      note: z.string().optional().describe("how the article differs, in one sentence"),
    })
    .optional()
    .describe("what the article retells, and for whom credit is due"),
  protocol: z.string().optional().describe("data and protocol in one sentence"),
  home: z
    .strictObject({ sentence: z.string(), figure: z.string().optional() })
    .optional()
    .describe("what opens the home page; that of the newest article with one"),
  cite: z
    .strictObject({ key: z.string(), note: z.string().optional() })
    .optional()
    .describe("the article's own entry of a bibliography"),
});

/** Of figures/<id>.mdx. */
export const FigureFront = z.strictObject({
  title: z.string().describe("of the figure"),
  description: z
    .string()
    .max(200)
    .optional()
    .describe("for search engines and previews; the title by default"),
  width: z
    .enum(["body", "page"])
    .default("page")
    .describe("text column, or text column and margin"),
  shows: z
    .array(z.string())
    .optional()
    .describe("tables whose runs it rests on; by default those that its body names"),
});

/** Of docs/<page>. */
export const DocFront = z.strictObject({
  title: z.string(),
  /** One sentence under the title. */
  deck: z.string(),
  /** Place among the pages. */
  order: z.int(),
  /** The study that live examples are of. */
  study: z.string().optional(),
});

export type ArticleFront = z.output<typeof ArticleFront>;
export type FigureFront = z.output<typeof FigureFront>;

/** @throws UserError with a line for everything that is wrong. */
export const readFrontMatter = <S extends z.ZodType>(
  schema: S,
  { yaml, path }: Pick<MdxFile, "yaml" | "path">,
): z.output<S> => readYaml(schema, { text: yaml, path, line: 2 });
export type DocFront = z.output<typeof DocFront>;
