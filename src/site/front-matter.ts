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
      url: Address,
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

/** @throws UserError with a line for everything that is wrong. */
export const readFrontMatter = <S extends z.ZodType>(
  schema: S,
  { yaml, path }: Pick<MdxFile, "yaml" | "path">,
): z.output<S> => readYaml(schema, { text: yaml, path, line: 2 });
