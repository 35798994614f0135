import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { UserError } from "../error.ts";
import { nearest } from "../nearest.ts";
import { type ComponentProps, readComponentProps } from "./component-props.ts";
import { ArticleFront, FigureFront, readFrontMatter } from "./front-matter.ts";
import { type MdxElement, type MdxFile, readMdx } from "./mdx.ts";
import { splitList } from "./outline.ts";
import { findMistake } from "./readings.ts";
import { siteIndex } from "./results.ts";
import { listStudyFolders, type StudyFolder } from "./study-folders.ts";

const handedFolder = fileURLToPath(new URL("../components/article/", import.meta.url));

/** Files of the components that articles and figures use without importing them, by name. */
export const handedComponents = (): Record<string, string> =>
  Object.fromEntries(
    readdirSync(handedFolder)
      .filter((name) => name.endsWith(".astro"))
      .map((name) => [name.slice(0, -".astro".length), join(handedFolder, name)]),
  );

/** Components whose numbers come from the syntax tree, in which JSX in braces is only text. */
const numbered = /<(Figure|FigureRef|Cite|Caption)\b/;

const suggest = (written: string, known: readonly string[]): string => {
  const meant = nearest(written, known);
  if (meant) return `; did you mean “${meant}”?`;
  return known.length > 0 ? `; known: ${known.join(", ")}` : "";
};

/** Keys of the entries of a BibTeX file. */
const bibliographyKeys = (bibtex: string): string[] =>
  [...bibtex.matchAll(/^\s*@(?!comment|string|preamble)\w+\s*\{\s*([^,\s]+)\s*,/gim)].map(
    ([, key]) => key!,
  );

interface Sources {
  folder: StudyFolder;
  article: MdxFile | null;
  figures: Record<string, MdxFile>;
}

/** What the elements of one file may name. */
interface Known {
  study: string;
  /** Absolute folder of the file. */
  from: string;
  figures: string[];
  placed: string[];
  keys: string[];
  hasResults: boolean;
}

function propsOf(name: string, file: MdxFile, from: string): ComponentProps | null {
  const imported = file.imports[name];
  const path = imported === undefined ? handedComponents()[name] : resolve(from, imported);
  return path?.endsWith(".astro") && existsSync(path) ? readComponentProps(path) : null;
}

function checkNames({ name, attributes, spreads }: MdxElement, file: MdxFile, from: string) {
  const isComponent = /^[A-Z]/.test(name) && !name.includes(".");
  if (!isComponent || name === "Fragment") return [];
  const brought = [...Object.keys(file.imports), ...file.names];
  const known = [...Object.keys(handedComponents()), ...brought];
  if (!known.includes(name)) return [`unknown component “${name}”${suggest(name, known)}`];
  const props = propsOf(name, file, from);
  if (!props || props.open || spreads) return [];
  const odd = Object.keys(attributes).filter((attribute) => !props.names.includes(attribute));
  const lacking = props.required.filter((property) => !(property in attributes));
  return odd.length > 0
    ? odd.map(
        (attribute) => `${name} has no property “${attribute}”${suggest(attribute, props.names)}`,
      )
    : lacking.map((property) => `${name} lacks the property “${property}”`);
}

function checkMeaning(element: MdxElement, file: MdxFile, known: Known): string[] {
  const { name, attributes } = element;
  if (file.imports[name] !== undefined) return [];
  const { id, key } = attributes;
  if (name === "Figure" && id === null) return ["a Figure needs an id in quotes"];
  if (name === "FigureRef" && typeof id === "string" && !known.placed.includes(id)) {
    return [`no figure “${id}”${suggest(id, known.placed)}`];
  }
  if (name === "Cite") {
    if (typeof key !== "string") return key === null ? ["a Cite needs a key in quotes"] : [];
    return splitList(key)
      .filter((key) => !known.keys.includes(key))
      .map((key) => `no entry “${key}” in references.bib${suggest(key, known.keys)}`);
  }
  const mistake = known.hasResults ? findMistake(element, known.study) : null;
  return mistake === null ? [] : [mistake];
}

const checkExpressions = ({ expressions }: MdxFile): string[] =>
  expressions.flatMap(({ at, source }) => {
    const found = numbered.exec(source.replaceAll(/\/\*[\s\S]*?\*\//g, ""));
    return found
      ? [`${at}: ${found[1]} stands in braces, where it cannot be numbered; write it outside`]
      : [];
  });

function checkFigureIds({ article, figures }: Sources): string[] {
  const problems: string[] = [];
  const seen = new Set<string>();
  for (const element of article?.elements ?? []) {
    const id = element.name === "Figure" ? element.attributes["id"] : undefined;
    if (typeof id !== "string") continue;
    if (seen.has(id)) problems.push(`${element.at}: two figures have the id “${id}”`);
    seen.add(id);
    const isInline = "title" in element.attributes;
    if (!isInline && !figures[id]) {
      const hint = suggest(id, Object.keys(figures));
      problems.push(`${element.at}: no figure “${id}” in figures/${hint}`);
    }
    if (isInline && figures[id]) {
      problems.push(`${element.at}: “${id}” has a title here and a file in figures/`);
    }
  }
  return problems;
}

function hasResults(study: string): boolean {
  try {
    return siteIndex().studies.some(({ id }) => id === study);
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

/** What is wrong with a file that is read or checked; a syntax error is one of it. */
function attempt<V>(read: () => V, problems: string[]): V | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    problems.push(error.message);
    return null;
  }
}

function checkStudy(folder: StudyFolder, root: string): string[] {
  const problems: string[] = [];
  const article = folder.article ? attempt(() => readMdx(folder.article!, root), problems) : null;
  const figures: Record<string, MdxFile> = {};
  for (const [id, path] of Object.entries(folder.figures)) {
    const file = attempt(() => readMdx(path, root), problems);
    if (file) figures[id] = file;
  }
  if (problems.length > 0) return problems;
  if (article) attempt(() => readFrontMatter(ArticleFront, article), problems);
  for (const file of Object.values(figures)) {
    attempt(() => readFrontMatter(FigureFront, file), problems);
  }
  problems.push(...checkFigureIds({ folder, article, figures }));
  const placed = (article?.elements ?? []).flatMap(({ name, attributes }) =>
    name === "Figure" ? (attributes["id"] ?? []) : [],
  );
  const keys = folder.references ? bibliographyKeys(readFileSync(folder.references, "utf8")) : [];
  const known = { study: folder.id, placed, keys, hasResults: hasResults(folder.id) };
  for (const file of [article, ...Object.values(figures)]) {
    if (!file) continue;
    const from = dirname(resolve(root, file.path));
    const about = { ...known, from, figures: Object.keys(figures) };
    problems.push(...checkExpressions(file));
    for (const element of file.elements) {
      const found = [...checkNames(element, file, from), ...checkMeaning(element, file, about)];
      problems.push(...found.map((problem) => `${element.at}: ${problem}`));
    }
  }
  return problems;
}

/**
 * Reads all articles and figures of a folder and checks what they name: figures, works, components,
 * properties and, where results are published, addresses.
 * @param root folder of the project, which places start from.
 * @throws UserError with a line for each mistake: file, line, column, what, and what was meant.
 */
export function checkStudies(experiments: string, root: string): void {
  const problems = listStudyFolders(experiments).flatMap((folder) => checkStudy(folder, root));
  if (problems.length > 0) throw new UserError([...new Set(problems)].join("\n"));
}
