import { UserError } from "../error.ts";

/** Where the brace that opens at `start` is closed; -1 where it is not. */
function closingBrace(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text[at] === "{") depth++;
    else if (text[at] === "}" && --depth === 0) return at;
  }
  return -1;
}

/**
 * One entry of a BibTeX file as written.
 * @throws UserError where no entry has the key, or its entry does not end.
 */
export function readEntry(bibtex: string, key: string): string {
  const opening = [...bibtex.matchAll(/^@\w+\{([^\s,]+),/gm)].find((match) => match[1] === key);
  if (!opening) throw new UserError(`no bibliography entry has the key “${key}”`);
  const end = closingBrace(bibtex, bibtex.indexOf("{", opening.index));
  if (end < 0) throw new UserError(`bibliography entry “${key}” has no closing brace`);
  return bibtex.slice(opening.index, end + 1);
}
