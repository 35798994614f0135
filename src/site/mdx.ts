import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { mdxToMdast } from "satteri";
import { UserError } from "../error.ts";

/** A component or tag as a text writes it. */
export interface MdxElement {
  name: string;
  /** e.g. "experiments/lines/article.mdx:17:1"; the component is told the same. */
  at: string;
  /** Texts by name; null where an expression or nothing is given. */
  attributes: Record<string, string | null>;
  /** Whether it takes properties from an expression, {...more}. */
  spreads: boolean;
  /** What it stands in, outermost first. */
  within: MdxElement[];
}

/** What must be known of an MDX file before any of it is rendered. */
export interface MdxFile {
  /** From the root of the project, as in places. */
  path: string;
  /** Front matter as written, YAML; it starts in the second line. */
  yaml: string;
  /** In the order of the text. */
  elements: MdxElement[];
  /** What its expressions say, with their places: JSX in them is not seen by `elements`. */
  expressions: { at: string; source: string }[];
  /** Default imports and where from, as written. */
  imports: Record<string, string>;
  /** Other names that imports and exports bring. */
  names: string[];
  /** Words of the text, without formulas, code and markup. */
  words: number;
}

interface Node {
  type: string;
  name?: string | null;
  value?: string;
  position?: { start: { line: number; column: number } };
  attributes?: { type: string; name?: string; value?: unknown }[];
  children?: Node[];
}

const importPattern =
  /import\s+(?!type\b)(?:([\w$]+)\s*,?\s*)?(?:\*\s+as\s+([\w$]+)\s*|\{([^}]*)\}\s*)?from\s*["']([^"']+)["']/g;

function readImports(esm: string): Pick<MdxFile, "imports" | "names"> {
  const imports: Record<string, string> = {};
  const names = [...esm.matchAll(/export\s+(?:const|let|function|class)\s+([\w$]+)/g)].map(
    ([, name]) => name!,
  );
  for (const [, byDefault, star, named = "", from] of esm.matchAll(importPattern)) {
    if (byDefault) imports[byDefault] = from!;
    if (star) names.push(star);
    names.push(
      ...named.split(",").flatMap(
        (part) =>
          part
            .split(/\sas\s/)
            .at(-1)
            ?.trim() || [],
      ),
    );
  }
  return { imports, names };
}

function readAttributes({ attributes = [] }: Node): Pick<MdxElement, "attributes" | "spreads"> {
  const named = attributes.flatMap(({ name, value }) =>
    name === undefined ? [] : [[name, typeof value === "string" ? value : null] as const],
  );
  return {
    attributes: Object.fromEntries(named),
    spreads: attributes.some(({ type }) => type === "mdxJsxExpressionAttribute"),
  };
}

const expressionsOf = ({ type, value, attributes = [] }: Node): string[] =>
  type === "mdxFlowExpression" || type === "mdxTextExpression"
    ? [value ?? ""]
    : attributes.flatMap((attribute) => {
        const { value } = attribute;
        if (typeof value === "string") return attribute.name === undefined ? [value] : [];
        return value ? [(value as { value: string }).value] : [];
      });

/**
 * Reads the syntax tree of an MDX text.
 * @param path for places and messages.
 * @throws UserError with the place of a syntax error.
 */
export function parseMdx(source: string, path: string): MdxFile {
  let root: Node;
  try {
    root = mdxToMdast(source, { features: { math: true } }) as unknown as Node;
  } catch (error) {
    const [, line = "1", column = "1", rest = String(error)] =
      /^(\d+):(\d+): (.*?)(?: \([\w:-]+\))?$/s.exec((error as Error).message) ?? [];
    throw new UserError(`${path}:${line}:${column}: ${rest}`, { cause: error });
  }
  const file: MdxFile = {
    path,
    yaml: "",
    elements: [],
    expressions: [],
    imports: {},
    names: [],
    words: 0,
  };
  const visit = (node: Node, within: MdxElement[]): void => {
    const { line = 1, column = 1 } = node.position?.start ?? {};
    const at = `${path}:${line}:${column}`;
    let inside = within;
    if (node.type === "yaml") file.yaml = node.value ?? "";
    if (node.type === "mdxjsEsm") {
      const { imports, names } = readImports(node.value ?? "");
      Object.assign(file.imports, imports);
      file.names.push(...names);
    }
    if (node.type === "text") file.words += node.value?.match(/\p{L}{2,}/gu)?.length ?? 0;
    file.expressions.push(...expressionsOf(node).map((source) => ({ at, source })));
    if (node.type.startsWith("mdxJsx") && node.name) {
      const element = { name: node.name, at, ...readAttributes(node), within };
      file.elements.push(element);
      inside = [...within, element];
    }
    for (const child of node.children ?? []) visit(child, inside);
  };
  visit(root, []);
  return file;
}

/** @param root folder of the project. */
export const readMdx = (path: string, root: string): MdxFile =>
  parseMdx(readFileSync(path, "utf8"), relative(root, path));
