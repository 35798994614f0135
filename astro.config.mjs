import { createHash } from "node:crypto";
import { satteri } from "@astrojs/markdown-satteri";
import mdx from "@astrojs/mdx";
import { defineConfig, fontProviders } from "astro/config";
import { parseBase, parseSite } from "./src/address.ts";
import { katexStyles } from "./src/site/katex-styles.ts";
import { math } from "./src/site/math.ts";
import { places } from "./src/site/places.ts";
import { experimentsFolder, studies } from "./src/site/studies-plugin.ts";
import { themeScript } from "./src/site/theme.ts";

const fontFile = (family, name) =>
  `./node_modules/@fontsource-variable/${family}/files/${family}-latin-wght-${name}.woff2`;

const variableFont = (family, weight, styles) => ({
  variants: styles.map((style) => ({
    src: [fontFile(family, style)],
    weight,
    style,
    display: "swap",
  })),
});

/** Pages run the site's own scripts and load its own files; formulas and tiles set styles of their own. */
const contentSecurity = {
  directives: [
    "default-src 'self'",
    "img-src 'self' data:",
    "font-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
  ],
  scriptDirective: {
    hashes: [`sha256-${createHash("sha256").update(themeScript).digest("base64")}`],
  },
  styleDirective: { resources: [{ resource: "'unsafe-inline'", kind: "attribute" }] },
};

// Vite's own names: pages would take the values of the environment for those of the build.
for (const name of ["BASE_URL", "DEV", "MODE", "PROD", "SSR"]) delete process.env[name];

const { VITRINE_BASE, VITRINE_DIST, VITRINE_PUBLIC, VITRINE_SITE, VITRINE_PAGES_CACHE } =
  process.env;
const experiments = experimentsFolder(process.env);

export default defineConfig({
  site: parseSite(VITRINE_SITE),
  base: parseBase(VITRINE_BASE),
  publicDir: VITRINE_PUBLIC || "./public",
  outDir: VITRINE_DIST || "./dist",
  ...(VITRINE_PAGES_CACHE && { cacheDir: VITRINE_PAGES_CACHE }),
  integrations: [mdx(), studies(experiments)],
  logger: { entrypoint: new URL("./src/site/logger.ts", import.meta.url) },
  security: { csp: contentSecurity },
  // The default also removes the space between inline elements on separate lines.
  compressHTML: true,
  trailingSlash: "ignore",
  markdown: {
    processor: satteri({ features: { math: true }, hastPlugins: [math, places] }),
    syntaxHighlight: false,
  },
  fonts: [
    {
      provider: fontProviders.local(),
      name: "Source Serif 4",
      cssVariable: "--font-serif",
      fallbacks: ["serif"],
      options: variableFont("source-serif-4", "200 900", ["normal", "italic"]),
    },
    {
      provider: fontProviders.local(),
      name: "Source Sans 3",
      cssVariable: "--font-sans",
      fallbacks: ["sans-serif"],
      options: variableFont("source-sans-3", "200 900", ["normal", "italic"]),
    },
  ],
  vite: {
    plugins: [katexStyles()],
    ...(VITRINE_PAGES_CACHE && { cacheDir: `${VITRINE_PAGES_CACHE}/vite` }),
    // Astro reads its own directive “use astro:head-inject” before the bundler warns of losing it.
    build: { rolldownOptions: { checks: { moduleLevelDirective: false } } },
  },
});
