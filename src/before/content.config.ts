import { glob } from "astro/loaders";
import { z } from "astro/zod";
import { defineCollection } from "astro:content";

const webAddress = z.url({ protocol: /^https?$/, error: "must begin with https:// or http://" });

const Person = z.strictObject({ name: z.string(), url: webAddress.optional() });

const articles = defineCollection({
  loader: glob({ pattern: "*.mdx", base: "src/content/articles" }),
  schema: z.strictObject({
    title: z.string(),
    /** One sentence under the title. */
    deck: z.string(),
    /** For search engines and previews. */
    description: z.string().max(200),
    date: z.date(),
    authors: z.array(Person).min(1),
    /** What the article retells, and for whom credit is due. */
    source: z
      .strictObject({
        title: z.string(),
        url: webAddress,
        authors: z.array(z.string()).min(1),
        affiliation: z.string(),
        venue: z.string(),
      })
      .optional(),
    /** Data and protocol in one sentence. */
    protocol: z.string().optional(),
  }),
});

export const collections = { articles };
