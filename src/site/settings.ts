import { existsSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { z } from "astro/zod";
import { parseBase, parseSite } from "../address.ts";
import { Address, Person } from "./front-matter.ts";
import { readYaml } from "./yaml.ts";

/** Of site.yaml in the folder of studies: what is said of the gallery as a whole. */
export const Settings = z.strictObject({
  name: z
    .string()
    .min(1)
    .default("Gallery")
    .describe("in the header and in the title of every page"),
  title: z.string().optional().describe("title of the home page; the name by default"),
  description: z
    .string()
    .max(200)
    .optional()
    .describe("for search engines and previews; the headline by default"),
  authors: z.array(Person).default([]).describe("who makes the gallery, in the footer"),
  licence: z
    .strictObject({ name: z.string(), url: Address.optional() })
    .optional()
    .describe("of texts and figures, in the footer"),
  links: z
    .array(z.strictObject({ label: z.string(), url: Address }))
    .default([])
    .describe("in the footer, e.g. where the source is kept"),
  headline: z
    .string()
    .optional()
    .describe("opens the home page; by default what the newest article says under “home”"),
  lead: z.string().optional().describe("a paragraph under the headline, in Markdown"),
  closing: z.string().optional().describe("the end of the home page, in Markdown"),
  docs: z
    .boolean()
    .default(true)
    .describe("whether the site carries this documentation, and links to it"),
  base: z
    .string()
    .refine(accepts(parseBase), "is no plain path, e.g. /vitrine/")
    .optional()
    .describe("path of the site on its host; --base and VITRINE_BASE win"),
  site: z
    .string()
    .refine(accepts(parseSite), "is no address of http or https, e.g. https://example.org")
    .optional()
    .describe("address of the host; --site and VITRINE_SITE win"),
});

export type Settings = z.output<typeof Settings>;

/** Whether a text is one that `parse` does not throw at. */
function accepts(parse: (text: string) => unknown): (text: string) => boolean {
  return (text) => {
    try {
      parse(text);
      return true;
    } catch {
      return false;
    }
  };
}

/**
 * Settings of a gallery; the defaults where its folder has no site.yaml.
 * @param experiments folder of studies.
 * @throws UserError with a line for everything that is wrong: file, line, column, what and what was meant.
 */
export function readSettings(experiments: string): Settings {
  const file = join(experiments, "site.yaml");
  const text = existsSync(file) ? readFileSync(file, "utf8") : "";
  return readYaml(Settings, { text, path: relative(process.cwd(), file), line: 1 });
}

/** Settings of the gallery that the environment names, for pages. */
export const siteSettings = (): Settings =>
  readSettings(resolve(process.env["VITRINE_EXPERIMENTS"] || "experiments"));

/** Whether the site has pages of documentation. */
export const hasDocs = (): boolean => siteSettings().docs && existsSync(resolve("docs"));
