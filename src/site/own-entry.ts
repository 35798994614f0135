import type { ArticlePage } from "./study-context.ts";

/** The BibTeX entry of an article of this gallery. @param address of its page; null where unknown. */
export function ownEntry(
  study: string,
  { title, authors, date, cite }: ArticlePage["front"],
  address: string | null,
): string {
  const fields = {
    title,
    author: authors.map(({ name }) => `{${name}}`).join(" and "),
    howpublished: "Vitrine",
    year: date.slice(0, 4),
    ...(address && { url: address }),
    ...(cite?.note && { note: cite.note }),
  };
  const lines = Object.entries(fields).map(([name, value]) => `  ${name.padEnd(12)} = {${value}}`);
  return `@misc{${cite?.key ?? `${study}${fields.year}`},\n${lines.join(",\n")}\n}`;
}
