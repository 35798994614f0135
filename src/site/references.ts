import bibtex from "../content/references.bib?raw";
import { parseBibliography } from "./citations.ts";

/** All works that articles may cite, by key. */
export const bibliography = parseBibliography(bibtex, "src/content/references.bib");
