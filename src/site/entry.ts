interface Work {
  title: string;
  date: Date;
  authors: readonly { name: string }[];
  /** What it retells. */
  source?: { title: string; authors: readonly string[]; venue: string } | undefined;
}

const escapeTex = (text: string): string => text.replace(/[\\{}]/g, "").replace(/[&%$#_]/g, "\\$&");

/** Braces keep "The Vitrine authors" from being read as first and last name, "Barnes and Noble" as two. */
const formatName = (name: string): string =>
  /^The | and /.test(name) ? `{${escapeTex(name)}}` : escapeTex(name);

/**
 * An article of this site as an entry to cite it by.
 * @param id its slug; with the year, the entry's key.
 * @param address null where the site does not know its own.
 */
export function formatEntry(id: string, work: Work, address: string | null): string {
  const { title, authors, date, source } = work;
  const year = date.getUTCFullYear();
  const fields = {
    title: escapeTex(title),
    author: authors.map(({ name }) => formatName(name)).join(" and "),
    howpublished: "Vitrine",
    year,
    url: address,
    note: source
      ? escapeTex(
          `Independent retelling of ${source.authors.join(", ")}: ${source.title}, ${source.venue}`,
        )
      : null,
  };
  const lines = Object.entries(fields)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `  ${key.padEnd(12)} = {${value}},`);
  return [`@misc{${id}-${year},`, ...lines, "}"].join("\n");
}
