import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { expect } from "vitest";

/** Floats cut to 3 decimals; one element per line, so that a difference can be read. */
const normalise = (svg: string) =>
  svg.replace(/(-?\d+\.\d{3})\d+/g, "$1").replaceAll("><", ">\n<") + "\n";

/**
 * Compares a drawing with NAME.svg; a missing one is written, except in CI.
 * A drawing that differs is kept beside it as NAME-changed.svg.
 * @param beside URL of a file in the folder of the golden; test/plots/ by default.
 */
export function expectGolden(name: string, svg: string, beside = import.meta.url): void {
  const path = (suffix: string) => fileURLToPath(new URL(`${basename(name)}${suffix}.svg`, beside));
  const drawn = normalise(svg);
  if (!existsSync(path("")) && !process.env["CI"]) writeFileSync(path(""), drawn);
  const golden = readFileSync(path(""), "utf8");
  if (drawn !== golden) writeFileSync(path("-changed"), drawn);
  expect(drawn).toBe(golden);
}
