import { satteri } from "@astrojs/markdown-satteri";
import mdx from "@astrojs/mdx";
import { defineConfig, fontProviders } from "astro/config";
import { katexStyles } from "./src/site/katex-styles.ts";
import { math } from "./src/site/math.ts";
import { places } from "./src/site/places.ts";
import { experimentsFolder, hasStudies, studies } from "./src/site/studies-plugin.ts";

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

const { VITRINE_BASE, VITRINE_DIST, VITRINE_PUBLIC, VITRINE_SITE } = process.env;
const experiments = experimentsFolder(process.env);

export default defineConfig({
  site: VITRINE_SITE,
  base: VITRINE_BASE ?? "/",
  publicDir: VITRINE_PUBLIC ?? "./public",
  outDir: VITRINE_DIST ?? "./dist",
  // Folders that declare experiments in single files have pages of their own.
  srcDir: hasStudies(experiments) ? "./src" : "./src/before",
  integrations: [mdx(), studies(experiments)],
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
  vite: { plugins: [katexStyles()] },
});
