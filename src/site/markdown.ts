import { markdownToHtml } from "satteri";
import { focusableCode } from "./focusable-code.ts";

/** Markdown of the settings as HTML. */
export const renderMarkdown = (text: string): string =>
  markdownToHtml(text, { hastPlugins: [focusableCode] }).html;
