import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";

/** What must be known of an article before any of it is rendered. */
export interface Outline {
  /** Ids of its figures in document order; the position is the number. */
  figures: string[];
  /** Works it cites, in order of first mention, and how often. */
  cited: { key: string; times: number }[];
}

const attribute = (tag: string, name: string): string | undefined =>
  new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];

const tags = (mdx: string, component: string): string[] =>
  mdx.match(new RegExp(`<${component}\\s[^>]*>`, "g")) ?? [];

/** e.g. "zhang2020identity, poggio2018theory" → two keys */
export const parseKeys = (keys: string): string[] => keys.split(/[\s,]+/).filter(Boolean);

/**
 * Reads figures and citations from an article's source, so that numbers and references exist
 * before the page is rendered and may be used ahead of their figure.
 * @throws UserError on a figure without an id and on an id that stands twice.
 */
export function parseOutline(mdx: string): Outline {
  const source = mdx.replace(/\{\/\*[\s\S]*?\*\/\}|```[\s\S]*?```/g, "");
  const figures = tags(source, "Figure").map((tag) => {
    const id = attribute(tag, "id");
    if (!id) throw new UserError(`figure without an id: ${tag}`);
    return id;
  });
  const twice = figures.find((id, i) => figures.indexOf(id) !== i);
  if (twice) {
    throw new UserError(`two figures have the id “${twice}”`, {
      hint: "ids name figures in links; give one of them another id",
    });
  }
  const keys = tags(source, "Cite").flatMap((tag) => parseKeys(attribute(tag, "key") ?? ""));
  const cited = [...new Set(keys)].map((key) => ({
    key,
    times: keys.filter((other) => other === key).length,
  }));
  return { figures, cited };
}

/** @throws UserError naming the nearest known id. */
export function figureNumber(outline: Outline, id: string): number {
  const index = outline.figures.indexOf(id);
  if (index >= 0) return index + 1;
  const meant = nearest(id, outline.figures);
  throw new UserError(`no figure has the id “${id}”`, {
    hint: meant ? `did you mean “${meant}”?` : `known ids: ${outline.figures.join(", ")}`,
  });
}

/** Minutes at 220 words a minute, formulas and markup left out; at least 1. */
export function readingMinutes(mdx: string): number {
  const words = mdx
    .replace(/^(import|export) .*$/gm, "")
    .replace(/\$\$[\s\S]*?\$\$|\{\/\*[\s\S]*?\*\/\}|<[^>]*>/g, " ")
    .split(/\s+/)
    .filter((word) => /\p{L}{2,}/u.test(word));
  return Math.max(1, Math.round(words.length / 220));
}
