declare namespace App {
  interface Locals {
    /** Set by pages that render an article; read by its figures and citations. */
    article?: import("./site/article.ts").Outline;
    /** Occurrences so far of each cited key on the page. */
    citations?: Map<string, number>;
  }
}

declare module "virtual:studies" {
  /** In the order of their names. */
  export const studies: import("./site/study-context.ts").StudyPages[];
  /** Components that articles and figures use without importing them. */
  export const handed: Record<
    string,
    import("astro/runtime/server/index.js").AstroComponentFactory
  >;
}

declare module "@citation-js/core" {
  export interface CslEntry {
    id: string;
    title?: string;
    author?: { family?: string; given?: string; literal?: string }[];
    issued?: { "date-parts"?: number[][] };
    URL?: string;
    DOI?: string;
  }
  export class Cite {
    constructor(data: string, options: { forceType: string });
    data: CslEntry[];
    format(type: "bibliography" | "bibtex", options: Record<string, unknown>): string;
  }
}
declare module "@citation-js/plugin-bibtex";
declare module "@citation-js/plugin-csl";
