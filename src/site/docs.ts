import { parse } from "../lab/parse.ts";
import { DocFront } from "./front-matter.ts";
import { hasDocs } from "./settings.ts";
import type { MdxModule } from "./study-context.ts";

export interface Doc {
  /** Last part of its address. */
  id: string;
  /** From the root of the project, e.g. "docs/hosting.md". */
  path: string;
  front: DocFront;
  module: MdxModule;
}

const modules = import.meta.glob<MdxModule & { frontmatter: unknown }>("../../docs/*.{md,mdx}", {
  eager: true,
});

/**
 * Pages of documentation in their order.
 * @throws UserError for front matter that is wrong.
 */
export function listDocs(): Doc[] {
  if (!hasDocs()) return [];
  const docs = Object.entries(modules).map(([file, module]): Doc => {
    const path = file.replace("../../", "");
    const id = /([^/]+)\.mdx?$/.exec(path)![1]!;
    return { id, path, front: parse(DocFront, module.frontmatter, path), module };
  });
  return docs.sort((a, b) => a.front.order - b.front.order);
}
