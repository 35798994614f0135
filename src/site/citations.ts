import { Cite } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import "@citation-js/plugin-csl";
import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";

export interface Reference {
  key: string;
  title: string;
  /** Family names in order. */
  authors: string[];
  year: number;
  /** Entry of the reference list in APA style, HTML, addresses as links. */
  html: string;
}

const linkAddresses = (html: string): string =>
  html.replace(/https?:\/\/[^\s<]+[^\s<.,)]/g, (address) => `<a href="${address}">${address}</a>`);

const unwrap = (html: string): string =>
  html
    .replace(/^\s*<div class="csl-bib-body">\s*/, "")
    .replace(/<div [^>]*class="csl-entry"[^>]*>([\s\S]*?)<\/div>/, "$1")
    .replace(/<\/div>\s*$/, "")
    .trim();

/**
 * @param bibtex the whole file
 * @returns its entries by key.
 * @throws UserError where an entry has no author, title or year.
 */
export function parseBibliography(bibtex: string): Map<string, Reference> {
  const library = new Cite(bibtex);
  const entries = library.data.map((entry): [string, Reference] => {
    const authors = (entry.author ?? []).flatMap(({ family, literal }) => family ?? literal ?? []);
    const year = entry.issued?.["date-parts"]?.[0]?.[0];
    if (!entry.title || authors.length === 0 || !year) {
      throw new UserError(`bibliography entry “${entry.id}” needs author, title and year`);
    }
    const apa = library.format("bibliography", {
      format: "html",
      template: "apa",
      entry: [entry.id],
    });
    const html = linkAddresses(unwrap(apa));
    return [entry.id, { key: entry.id, title: entry.title, authors, year, html }];
  });
  return new Map(entries);
}

/** @throws UserError naming the nearest known key. */
export function findReference(
  bibliography: ReadonlyMap<string, Reference>,
  key: string,
): Reference {
  const reference = bibliography.get(key);
  if (reference) return reference;
  const meant = nearest(key, [...bibliography.keys()]);
  throw new UserError(`no bibliography entry has the key “${key}”`, {
    hint: meant ? `did you mean “${meant}”?` : "add it to references.bib",
  });
}

/** e.g. "Heckel and Hand", "Zhang et al." */
export function formatAuthors(authors: string[]): string {
  const [first = "", second] = authors;
  if (authors.length > 2) return `${first} et al.`;
  return second ? `${first} and ${second}` : first;
}

/** "Zhang et al. (2020)", or in parentheses "Zhang et al., 2020", without them. */
export const formatCitation = (reference: Reference, parenthetical: boolean): string => {
  const authors = formatAuthors(reference.authors);
  return parenthetical ? `${authors}, ${reference.year}` : `${authors} (${reference.year})`;
};

/** One mention of a work: `id` is the anchor that the reference list links back to. */
export interface Mention {
  reference: Reference;
  id: string;
}

const cardHtml = ({ reference, id }: Mention): string =>
  `<span class="cite-card" id="${id}-card" popover>${reference.html} ` +
  `<a class="cite-more" href="#ref-${reference.key}">In the references</a></span>`;

/** A citation with a card for each work; one string, since a space between its parts would show. */
export function citationHtml(mentions: readonly Mention[], parenthetical: boolean): string {
  const works = mentions.map((mention, i) => {
    const { reference, id } = mention;
    const opening = parenthetical && i === 0 ? "(" : "";
    const closing = parenthetical && i === mentions.length - 1 ? ")" : "";
    const button =
      `<button type="button" class="cite-button" id="${id}" popovertarget="${id}-card">` +
      `${formatCitation(reference, parenthetical)}</button>`;
    return `<span class="cite">${opening}${button}${cardHtml(mention)}${closing}</span>`;
  });
  return parenthetical ? works.join("; ") : new Intl.ListFormat("en-GB").format(works);
}
