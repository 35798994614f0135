import type { MdxElement, MdxFile } from "./mdx.ts";

export interface OutlineFigure {
  id: string;
  number: number;
  at: string;
  /** Whether a Caption of its own ends it; the figure writes one otherwise. */
  hasCaption: boolean;
  /** Addresses of the results that it names, as written. */
  shows: string[];
}

/** Numbers of figures and citations on one page, known before any of it is rendered. */
export interface Outline {
  /** In the order of the text. */
  figures: OutlineFigure[];
  /** Ids of figures by the places of their captions. */
  captions: Record<string, string>;
  /** Works mentioned, with anchors, by the places of citations. */
  mentions: Record<string, { key: string; id: string }[]>;
  /** Works in order of first mention, and how often. */
  cited: { key: string; times: number }[];
  /** Minutes of reading, at least 1. */
  minutes: number;
}

/** e.g. "a2020, b2021" → two keys */
export const splitList = (list: string): string[] => list.split(/[\s,]+/).filter(Boolean);

const wordsPerMinute = 220;

/** Elements in the order in which a page shows them, each with the figure whose file it stands in. */
function flatten(
  file: MdxFile,
  figures: Readonly<Record<string, MdxFile>>,
  figure: string | null,
): { element: MdxElement; file: MdxFile; figure: string | null }[] {
  return file.elements.flatMap((element) => {
    const placed = element.name === "Figure" && figures[element.attributes["id"] ?? ""];
    const inner =
      placed && figure === null ? flatten(placed, figures, element.attributes["id"]!) : [];
    return [{ element, file, figure }, ...inner];
  });
}

/**
 * @param text an article, or the file of a figure.
 * @param figures files of figures by id.
 * @param own id of the figure that `text` is the file of, and its number; null for articles.
 */
export function outlineOf(
  text: MdxFile,
  figures: Readonly<Record<string, MdxFile>>,
  own: { id: string; number: number } | null = null,
): Outline {
  const shown = flatten(text, figures, own?.id ?? null);
  const outline: Outline = { figures: [], captions: {}, mentions: {}, cited: [], minutes: 1 };
  const add = (id: string, number: number, at: string, inside: readonly MdxElement[]): void => {
    const shows = inside.flatMap(({ attributes: { of } }) => of ?? []);
    outline.figures.push({ id, number, at, hasCaption: false, shows: [...new Set(shows)] });
  };
  if (own) add(own.id, own.number, `${text.path}:1:1`, text.elements);
  const times = new Map<string, number>();
  for (const { element, figure } of shown) {
    const { name, at, attributes, within } = element;
    if (name === "Figure") {
      const id = attributes["id"] ?? "";
      const inline = text.elements.filter((other) => other.within.includes(element));
      const inside = figures[id]?.elements ?? inline;
      add(id, outline.figures.length + 1, at, inside);
    }
    if (name === "Caption") {
      const outer = within.findLast((other) => other.name === "Figure");
      outline.captions[at] = outer?.attributes["id"] ?? figure ?? "";
    }
    if (name === "Cite") {
      outline.mentions[at] = splitList(attributes["key"] ?? "").map((key) => {
        times.set(key, (times.get(key) ?? 0) + 1);
        return { key, id: `cite-${key}-${times.get(key)}` };
      });
    }
  }
  const captioned = Object.values(outline.captions);
  for (const figure of outline.figures) figure.hasCaption = captioned.includes(figure.id);
  outline.cited = [...times].map(([key, times]) => ({ key, times }));
  const words = new Set(shown.map(({ file }) => file)).add(text);
  const total = [...words].reduce((sum, { words }) => sum + words, 0);
  outline.minutes = Math.max(1, Math.round(total / wordsPerMinute));
  return outline;
}
