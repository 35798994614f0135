import { fromHtmlIsomorphic } from "hast-util-from-html-isomorphic";
import katex from "katex";
import { defineHastPlugin } from "satteri";

interface HastNode {
  type: string;
  tagName?: string;
  value?: string;
  properties?: Record<string, unknown>;
  children?: readonly HastNode[];
}

const text = (node: HastNode): string => node.value ?? (node.children ?? []).map(text).join("");

const hasClass = (node: HastNode, name: string): boolean =>
  [node.properties?.["className"] ?? node.properties?.["class"] ?? []]
    .flat()
    .join(" ")
    .split(" ")
    .includes(name);

/**
 * TeX → HTML with MathML for screen readers. A display takes the focus: on phones it scrolls.
 * @throws ParseError on unknown commands: a page with broken formulas is not built.
 */
export const renderMath = (tex: string, displayMode: boolean): string =>
  katex
    .renderToString(tex, { displayMode, throwOnError: true, strict: true })
    .replace('<span class="katex-display">', '<span class="katex-display" tabindex="0">');

const render = (node: HastNode, displayMode: boolean) => {
  const html = renderMath(text(node), displayMode);
  return fromHtmlIsomorphic(html, { fragment: true }).children[0];
};

/** Replaces the code elements that Sätteri leaves for $…$ and $$…$$. */
export const math = defineHastPlugin({
  name: "katex",
  element: {
    filter: ["pre", "code"],
    visit(node: HastNode) {
      if (node.tagName === "pre") {
        const code = node.children?.find((child) => child.tagName === "code");
        return code && hasClass(code, "math-display") ? render(code, true) : undefined;
      }
      return hasClass(node, "math-inline") ? render(node, false) : undefined;
    },
  },
} as never);
