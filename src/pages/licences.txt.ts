import { readFileSync } from "node:fs";
import { resolve } from "node:path";

/** Packages of which pages carry files: typefaces, and the style of formulas. */
const carried = [
  "@fontsource-variable/source-sans-3",
  "@fontsource-variable/source-serif-4",
  "katex",
];

const readLicence = (name: string): string =>
  `${name}\n\n${readFileSync(resolve("node_modules", name, "LICENSE"), "utf8").trim()}\n`;

/** Licences of what the site carries besides the project's own. */
export const GET = (): Response =>
  new Response(carried.map(readLicence).join(`\n${"-".repeat(72)}\n\n`));
