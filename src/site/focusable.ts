import { defineHastPlugin } from "satteri";

interface Element {
  tagName: string;
}

interface Context {
  setProperty(node: Element, name: string, value: unknown): void;
}

/** What scrolls sideways in texts is reached by the keyboard; blocks of code look as the site's own. */
export const focusable = defineHastPlugin({
  name: "focusable",
  element: {
    filter: ["pre", "table"],
    visit(node: Element, context: Context) {
      context.setProperty(node, "tabIndex", 0);
      if (node.tagName === "pre") context.setProperty(node, "className", ["code"]);
    },
  },
} as never);
