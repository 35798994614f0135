interface CssPlugin {
  name: string;
  enforce: "pre";
  transform(code: string, id: string): { code: string; map: null } | undefined;
}

/** Keeps KaTeX's woff2 fonts only and puts its rules into the components layer. */
export function layerKatex(css: string): string {
  const woff2Only = css.replace(/,\s*url\([^)]*\.(?:woff|ttf)\)\s*format\("[^"]*"\)/g, "");
  return `@layer components{${woff2Only}}`;
}

/** Vite plugin; it must see the style sheet before Vite turns its fonts into assets. */
export const katexStyles = (): CssPlugin => ({
  name: "katex-styles",
  enforce: "pre",
  transform: (code, id) =>
    /katex(?:\.min)?\.css$/.test(id) ? { code: layerKatex(code), map: null } : undefined,
});
