import { defineHastPlugin } from "satteri";

interface Element {
  tagName: string;
}

interface Context {
  setProperty(node: Element, name: string, value: unknown): void;
}

/** Blocks of code in texts look as the site's own, and long lines are reached by the keyboard. */
export const focusableCode = defineHastPlugin({
  name: "focusable-code",
  element: {
    filter: ["pre"],
    visit(node: Element, context: Context) {
      context.setProperty(node, "className", ["code"]);
      context.setProperty(node, "tabIndex", 0);
    },
  },
} as never);
