import { defineHastPlugin } from "satteri";

interface Link {
  properties: { href?: unknown };
}

interface Context {
  setProperty(node: Link, name: string, value: string): void;
}

/** Pages of documentation link to each other's files, as repositories show them; on the site these are pages. */
export const docLinks = defineHastPlugin({
  name: "doc-links",
  element: {
    filter: ["a"],
    visit(node: Link, context: Context) {
      const [, page, hash = ""] = /^([\w-]+)\.mdx?(#.*)?$/.exec(String(node.properties.href)) ?? [];
      if (page) context.setProperty(node, "href", `../${page}/${hash}`);
    },
  },
} as never);
