import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";

/** Two drawings of each figure: one for the page's width, one for a phone; text is the same size in both. */
export type PlotSize = "wide" | "narrow";

export interface Frame {
  /** Said by screen readers in place of the picture. */
  label: string;
  /** CSS pixels at which text has its nominal size. */
  width: number;
  height: number;
}

const { document } = parseHTML("<!doctype html><html><body></body></html>");

const attributesOfText = { "font-family": "var(--font-sans)", "font-size": "13" };

/** Marks an unreadable or empty plot leaves: a figure with one is a bug. */
const warning = "⚠";

const isTick = (node: Element) => node.getAttribute("aria-label")?.includes("axis") ?? false;

/**
 * Draws to a self-contained SVG string: no style sheet, no generated ids, colours by custom property.
 * @throws Error where Plot warns.
 */
export function drawSvg(frame: Frame, options: Plot.PlotOptions): string {
  const { width, height, label } = frame;
  const drawn = Plot.plot({
    ...options,
    width,
    height,
    document: document as unknown as Document,
  }) as unknown as Element;
  const svg = drawn.tagName.toLowerCase() === "svg" ? drawn : drawn.querySelector("svg");
  if (!svg || drawn.outerHTML.includes(warning)) throw new Error(`the plot “${label}” warns`);
  svg.querySelectorAll("style").forEach((style) => style.remove());
  svg.querySelectorAll("[aria-label]").forEach((node) => {
    if (isTick(node)) node.setAttribute("fill", "var(--muted)");
    node.removeAttribute("aria-label");
  });
  svg.querySelectorAll("[aria-hidden]").forEach((node) => node.removeAttribute("aria-hidden"));
  for (const name of ["class", "width", "height"]) svg.removeAttribute(name);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", label);
  for (const [name, value] of Object.entries(attributesOfText)) svg.setAttribute(name, value);
  return shorten(svg.outerHTML);
}

const shortenNumbers = (text: string): string =>
  text.replace(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (digits) => String(Number(Number(digits).toFixed(2))));

/** Coordinates to 2 decimals: a hundredth of a pixel, and files half the size. Words stay as they are. */
const shorten = (svg: string) =>
  svg.replace(/ (?!aria-label=)[\w-]+="[^"]*"/g, (attribute) => shortenNumbers(attribute));

/** Light horizontal lines, the only grid. */
export const grid = { stroke: "var(--hairline)", strokeOpacity: 1 };

/** Words on the drawing keep clear of what they cross. */
export const halo = { stroke: "var(--paper)", strokeWidth: 4 };
