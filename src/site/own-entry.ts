import type { ArticlePage } from "./study-context.ts";

const escapeTex = (text: string): string =>
  text
    .replace(/[\\{}]/g, "")
    .replace(/[&%$#_]/g, "\\$&")
    .replaceAll("–", "--")
    .replaceAll("—", "---");

/** Braces keep "The Vitrine authors" from being read as first and last name. */
const formatName = (name: string): string =>
  name.startsWith("The ") ? `{${escapeTex(name)}}` : escapeTex(name);

/** What an article retells, where it says so. */
const creditOf = ({ source }: ArticlePage["front"]): string | null =>
  source
    ? `Independent retelling of ${source.authors.join(", ")}: ${source.title}, ${source.venue}`
    : null;

/**
 * The BibTeX entry of an article of this gallery.
 * @param study its id; with the year, the entry's key where the article names none.
 * @param address of its page; null where the site does not know its own.
 */
export function ownEntry(
  study: string,
  front: ArticlePage["front"],
  address: string | null,
): string {
  const { title, authors, date, cite } = front;
  const year = date.slice(0, 4);
  const note = cite?.note ?? creditOf(front);
  const fields = {
    title: escapeTex(title),
    author: authors.map(({ name }) => formatName(name)).join(" and "),
    howpublished: "Vitrine",
    year,
    url: address,
    note: note && escapeTex(note),
  };
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `  ${name.padEnd(12)} = {${value}},`);
  return [`@misc{${cite?.key ?? `${study}-${year}`},`, ...lines, "}"].join("\n");
}
