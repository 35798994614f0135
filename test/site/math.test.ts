import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { layerKatex } from "../../src/site/katex-styles.ts";
import { renderMath } from "../../src/site/math.ts";

test("formulas come with MathML, and a mistake in one stops the build", () => {
  expect(renderMath("\\Pi_{\\perp} x", false)).toContain("<math");
  expect(() => renderMath("\\frac{1}", true)).toThrow("KaTeX parse error");
});

test("KaTeX brings one format of each font, in the components layer", () => {
  const css = layerKatex(readFileSync("node_modules/katex/dist/katex.min.css", "utf8"));
  expect(css).toMatch(/^@layer components\{/);
  expect(css).toContain(".woff2");
  expect(css).not.toMatch(/\.woff\)|\.ttf\)/);
});
