import { UserError } from "../error.ts";

/**
 * One entry of a BibTeX file as written.
 * @throws UserError where no entry has the key.
 */
export function readEntry(bibtex: string, key: string): string {
  const start = bibtex.search(new RegExp(`^@\\w+\\{${key},`, "m"));
  if (start < 0) throw new UserError(`no bibliography entry has the key “${key}”`);
  const end = bibtex.indexOf("\n}", start);
  return bibtex.slice(start, end + 2);
}
