import { glob } from "astro/loaders";
import { z } from "astro/zod";
import { defineCollection } from "astro:content";

const Person = z.strictObject({ name: z.string(), url: z.url().optional() });

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
    source: z.strictObject({
      title: z.string(),
      url: z.url(),
      authors: z.array(z.string()).min(1),
      affiliation: z.string(),
      venue: z.string(),
    }),
    /** Data and protocol in one sentence. */
    protocol: z.string(),
  }),
});

export const collections = { articles };
