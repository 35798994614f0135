import { readFileSync } from "node:fs";

/** Properties that a component declares by name, and whether it may take others. */
export interface ComponentProps {
  names: string[];
  /** Those that it cannot do without. */
  required: string[];
  open: boolean;
}

/** What every component is given besides what a text writes. */
const always = ["slot", "client:load", "class", "id"];

/** The text between a brace and the one that closes it. */
function readBraces(source: string, open: number): string {
  let depth = 0;
  for (let i = open; i < source.length; i++) {
    if (source[i] === "{") depth++;
    if (source[i] === "}" && --depth === 0) return source.slice(open + 1, i);
  }
  return source.slice(open + 1);
}

/** Without comments and what stands in inner braces. */
function flatten(body: string): string {
  const plain = body.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
  let previous = "";
  for (let flat = plain; flat !== previous;) {
    previous = flat;
    flat = flat.replace(/\{[^{}]*\}/g, "object");
    if (flat === previous) return flat;
  }
  return plain;
}

/** The properties of an Astro component, from its `interface Props`; open where it has none. */
export function readComponentProps(path: string): ComponentProps {
  const source = readFileSync(path, "utf8");
  const head = /interface Props(?: extends ([\w, <>"|]+?))? *\{/.exec(source);
  if (/type Props = Handed;/.test(source)) return { names: always, required: [], open: false };
  if (!head) {
    return { names: always, required: [], open: /\bProps\b|Astro\.props/.test(source) };
  }
  const body = flatten(readBraces(source, head.index + head[0].length - 1));
  const pattern = /(?:^|[;\n])\s*(?:readonly\s+)?["']?([\w$:-]+)["']?(\??)\s*:/g;
  const named = [...body.matchAll(pattern)].map(([, name, mark]) => ({ name: name!, mark }));
  return {
    names: [...named.map(({ name }) => name), ...always],
    required: named.flatMap(({ name, mark }) => (mark === "?" ? [] : [name])),
    open: head[1] !== undefined && head[1] !== "Handed",
  };
}
