import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineHastPlugin } from "satteri";

interface JsxNode {
  name: string | null;
  position?: { start: { line: number; column: number } };
}

interface Context {
  fileURL?: URL;
  setProperty(node: JsxNode, name: string, value: string): void;
}

const root = fileURLToPath(new URL("../../", import.meta.url));

/** Tells every component in MDX its place, which the syntax tree knows it by. */
const mark = (node: JsxNode, context: Context): void => {
  if (!context.fileURL || !node.position || !/^[A-Z]/.test(node.name ?? "")) return;
  if (node.name === "Fragment") return;
  const { line, column } = node.position.start;
  const path = relative(root, fileURLToPath(context.fileURL));
  context.setProperty(node, "at", `${path}:${line}:${column}`);
};

export const places = defineHastPlugin({
  name: "places",
  options: { position: true },
  mdxJsxFlowElement: { filter: [], visit: mark },
  mdxJsxTextElement: { filter: [], visit: mark },
} as never);
