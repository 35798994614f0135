import { Cite, type CslEntry } from "@citation-js/core";
import "@citation-js/plugin-bibtex";
import "@citation-js/plugin-csl";
import { fromHtmlIsomorphic } from "hast-util-from-html-isomorphic";
import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { escapeHtml } from "./html.ts";

export interface Reference {
  key: string;
  title: string;
  /** Family names in order. */
  authors: string[];
  year: number;
  /** Entry of the reference list in APA style, HTML, addresses as links. */
  html: string;
}

type HtmlNode = ReturnType<typeof fromHtmlIsomorphic>["children"][number];

/** All markup that an entry keeps, and without attributes. */
const marks = ["b", "i", "sub", "sup"];

const linkAddresses = (text: string): string =>
  text
    .split(/(https?:\/\/[^\s<>"]*[^\s<>".,)])/)
    .map((part, i) => {
      const shown = escapeHtml(part);
      return i % 2 === 1 && URL.canParse(part) ? `<a href="${shown}">${shown}</a>` : shown;
    })
    .join("");

function renderNode(node: HtmlNode): string {
  if (node.type === "text") return linkAddresses(node.value);
  if (node.type !== "element") return "";
  const content = node.children.map(renderNode).join("");
  return marks.includes(node.tagName) ? `<${node.tagName}>${content}</${node.tagName}>` : content;
}

/** The formatted entry built anew: its style sheet escapes less than all that a .bib file may hold. */
const renderEntry = (html: string): string =>
  fromHtmlIsomorphic(html, { fragment: true }).children.map(renderNode).join("").trim();

const isWebAddress = (address: string): boolean =>
  /^https?:/i.test(address) && URL.canParse(address);

function checkAddresses({ id, URL: address, DOI: doi }: CslEntry, file: string): void {
  if (address !== undefined && !isWebAddress(address)) {
    throw new UserError(`${file}: entry “${id}” has the address “${address}”`, {
      hint: "an address begins with https:// or http://",
    });
  }
  if (doi !== undefined && !/^10\.\d+\/\S+$/.test(doi)) {
    throw new UserError(`${file}: entry “${id}” has the DOI “${doi}”`, {
      hint: "a DOI begins with 10. and is written without an address, e.g. 10.1000/182",
    });
  }
}

/** The parser calls itself for every brace, so a stack full of them would be its only complaint. */
function checkNesting(bibtex: string, file: string): void {
  let depth = 0;
  for (const [i, line] of bibtex.split("\n").entries()) {
    for (const [brace] of line.matchAll(/[{}]/g)) {
      depth = Math.max(0, depth + (brace === "{" ? 1 : -1));
      if (depth > 100) throw new UserError(`${file}: line ${i + 1}: braces stand 100 deep`);
    }
  }
}

function readEntries(bibtex: string, file: string): Cite {
  checkNesting(bibtex, file);
  try {
    // Without the type, a text that is an address would be fetched.
    return new Cite(bibtex, { forceType: "@bibtex/text" });
  } catch (error) {
    throw new UserError(`${file} is not BibTeX: ${(error as Error).message}`, { cause: error });
  }
}

/**
 * @param bibtex the whole file
 * @param file its name, for messages
 * @returns its entries by key.
 * @throws UserError where the text is no BibTeX, an entry lacks author, title or year or links
 * elsewhere than to the web, or two have one key.
 */
export function parseBibliography(bibtex: string, file = "references.bib"): Map<string, Reference> {
  const library = readEntries(bibtex, file);
  const entries = library.data.map((entry): [string, Reference] => {
    const authors = (entry.author ?? []).flatMap(({ family, literal }) => family ?? literal ?? []);
    const year = entry.issued?.["date-parts"]?.[0]?.[0];
    if (!entry.title || authors.length === 0 || !year) {
      throw new UserError(`${file}: entry “${entry.id}” needs author, title and year`);
    }
    checkAddresses(entry, file);
    const apa = library.format("bibliography", {
      format: "html",
      template: "apa",
      entry: [entry.id],
    });
    return [entry.id, { key: entry.id, title: entry.title, authors, year, html: renderEntry(apa) }];
  });
  const keys = entries.map(([key]) => key);
  const twice = keys.find((key, i) => keys.indexOf(key) !== i);
  if (twice !== undefined) throw new UserError(`${file}: two entries have the key “${twice}”`);
  return new Map(entries);
}

/** @throws UserError naming the nearest known key. */
export function findReference(bibliography: Map<string, Reference>, key: string): Reference {
  const reference = bibliography.get(key);
  if (reference) return reference;
  const meant = nearest(key, [...bibliography.keys()]);
  throw new UserError(`no bibliography entry has the key “${key}”`, {
    hint: meant ? `did you mean “${meant}”?` : "add it to references.bib",
  });
}

/** e.g. "Heckel and Hand", "LeCun et al." */
export function formatAuthors(authors: string[]): string {
  const [first = "", second] = authors;
  if (authors.length > 2) return `${first} et al.`;
  return second ? `${first} and ${second}` : first;
}

/** "LeCun et al. (1998)", or in parentheses "LeCun et al., 1998", without them. */
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
  `<span class="cite-card" id="${escapeHtml(id)}-card" popover>${reference.html} ` +
  `<a class="cite-more" href="#ref-${escapeHtml(reference.key)}">In the references</a></span>`;

/** A citation with a card for each work; one string, since a space between its parts would show. */
export function citationHtml(mentions: readonly Mention[], parenthetical: boolean): string {
  const works = mentions.map((mention, i) => {
    const { reference } = mention;
    const id = escapeHtml(mention.id);
    const opening = parenthetical && i === 0 ? "(" : "";
    const closing = parenthetical && i === mentions.length - 1 ? ")" : "";
    const button =
      `<button type="button" class="cite-button" id="${id}" popovertarget="${id}-card">` +
      `${escapeHtml(formatCitation(reference, parenthetical))}</button>`;
    return `<span class="cite">${opening}${button}${cardHtml(mention)}${closing}</span>`;
  });
  return parenthetical ? works.join("; ") : new Intl.ListFormat("en-GB").format(works);
}
