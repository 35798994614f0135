import { markdownToHtml } from "satteri";
import { focusable } from "./focusable.ts";

/** Markdown of the settings as HTML. */
export const renderMarkdown = (text: string): string =>
  markdownToHtml(text, { hastPlugins: [focusable] }).html;
