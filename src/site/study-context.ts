import type { AstroComponentFactory } from "astro/runtime/server/index.js";
import { UserError } from "../error.ts";
import { parseBibliography, type Reference } from "./citations.ts";
import type { ArticleFront, FigureFront } from "./front-matter.ts";
import type { Heading } from "./headings.ts";
import { placeMistake } from "./mistakes.ts";
import type { Outline } from "./outline.ts";

/** What an MDX file becomes. */
export interface MdxModule {
  default: AstroComponentFactory;
  getHeadings(): Heading[];
}

export interface ArticlePage {
  /** Checked; the date is still text. */
  front: Omit<ArticleFront, "date"> & { date: string };
  outline: Outline;
  module: MdxModule;
}

export interface FigurePage {
  front: FigureFront;
  /** In the article; null where it is not placed there. */
  number: number | null;
  outline: Outline;
  module: MdxModule;
}

/** What the folder of a study holds for pages; see `virtual:studies`. */
export interface StudyPages {
  id: string;
  article: ArticlePage | null;
  figures: Record<string, FigurePage>;
  css: string | null;
  /** The BibTeX file as written. */
  references: string | null;
}

/** Address of the article of a study, from the root of the site; null where it has none. */
export const articlePath = ({ id, article }: Pick<StudyPages, "id" | "article">): string | null =>
  article && `articles/${article.front.slug ?? id}/`;

/** What components that are handed to a text know of where they stand. */
export interface Context {
  study: StudyPages;
  outline: Outline;
  bibliography: ReadonlyMap<string, Reference>;
  /** The handed components, for texts within the text. */
  components: Record<string, AstroComponentFactory>;
  /** Whether a figure opens the home page, where its words are left out. */
  isHero?: boolean;
  /** Where a figure of the study is shown, by its id: "#id" in the article itself. */
  figureHref: (id: string) => string;
}

/** Properties that no text writes. */
export interface Handed {
  context?: Context;
  /** Place in the text, e.g. "experiments/lines/article.mdx:17:1". */
  at?: string;
}

function withContext(component: AstroComponentFactory, context: Context): AstroComponentFactory {
  const placed: AstroComponentFactory = (result, props, slots) => {
    const refuse = (error: unknown): never => {
      throw placeMistake(error, (props as Handed).at);
    };
    try {
      const made: unknown = component(result, { ...props, context }, slots);
      return (made instanceof Promise ? made.catch(refuse) : made) as ReturnType<typeof component>;
    } catch (error) {
      return refuse(error);
    }
  };
  // The copied properties carry the component's styles and scripts.
  return Object.assign(placed, component);
}

const bibliographies = new Map<string, ReadonlyMap<string, Reference>>();

/** Works of a BibTeX file, read once: to set them takes longer than the page of a figure. */
function bibliographyOf(bibtex: string): ReadonlyMap<string, Reference> {
  const bibliography = bibliographies.get(bibtex) ?? parseBibliography(bibtex);
  bibliographies.set(bibtex, bibliography);
  return bibliography;
}

/** @param handed components as imported; the context holds them bound to itself. */
export function createContext(
  study: StudyPages,
  outline: Outline,
  handed: Readonly<Record<string, AstroComponentFactory>>,
  figureHref: Context["figureHref"],
  isHero = false,
): Context {
  const bibliography = bibliographyOf(study.references ?? "");
  const context: Context = { study, outline, bibliography, components: {}, figureHref, isHero };
  for (const [name, component] of Object.entries(handed)) {
    context.components[name] = withContext(component, context);
  }
  return context;
}

/** @throws UserError where a component stands outside of a text of a study. */
export function contextOf({ context, at }: Handed, name: string): Context & { at: string } {
  if (!context) throw new UserError(`a ${name} stands outside of an article and of a figure`);
  return { ...context, at: at ?? "" };
}
