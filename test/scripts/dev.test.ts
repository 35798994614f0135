import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stripVTControlCharacters } from "node:util";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { launchChromium } from "../browser/chromium.ts";
import { visit } from "../browser/visit.ts";
import { descendantsOf, survivorsOf } from "../processes.ts";
import { createGallery, start } from "./gallery.ts";

/** Within a test runner Astro serves nothing. */
const outside = { VITEST: "", NODE_ENV: "development" };

let browser: Browser | null;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(() => browser?.close());

const article = (text: string): string => `---
title: Twice as many
deck: What doubling does to a number.
date: 2026-11-24
authors:
  - name: Ada Lovelace
---

${text} <Value of="runs/double" />.
`;

/** A gallery of one study with an article, and a server of it. */
async function develop() {
  const gallery = await createGallery("counts");
  const { experiments, env } = gallery;
  const write = (name: string, text: string): Promise<void> =>
    writeFile(join(experiments, "counts", name), text);
  await write("article.mdx", article("Twice the number is"));
  const command = start("dev", ["--port", "4399", "--engine", "cpu"], { ...env, ...outside });
  onTestFinished(() => void command.child.kill("SIGKILL"));
  const said = stripVTControlCharacters(await command.says("localhost:"));
  const origin = /http:\/\/localhost:\d+/.exec(said)![0];
  return { ...gallery, command, origin, write };
}

const waiting = { timeout: 30_000, interval: 200 };

test("a page changes with its text and with a result; mistakes are told; Ctrl-C ends all", async ({
  skip,
}) => {
  if (!browser) return skip();
  const { command, origin, write, experiments } = await develop();
  const [page] = await visit(browser, origin, "/articles/counts/");
  const says = (text: string): Promise<void> =>
    vi.waitFor(async () => expect(await page.textContent("body")).toContain(text), waiting);
  await says("Twice the number is 42");

  await write("article.mdx", article("The double is"));
  await says("The double is 42");

  const study = join(experiments, "counts", "study.ts");
  const declared = await readFile(study, "utf8");
  await writeFile(study, declared.replace("number: 21", "number: 30"));
  await says("The double is 60");

  const code = join(experiments, "tasks", "count.ts");
  const counting = await readFile(code, "utf8");
  await writeFile(code, counting.replace("2 * number", "2 * number + 1"));
  await says("The double is 61");

  await writeFile(study, declared.replace("number: 21", "nmber: 21"));
  await says("counts/study.ts");
  await writeFile(study, declared);
  await says("The double is 43");
  await vi.waitFor(async () => expect(await page.$("#loop-status")).toBeNull(), waiting);

  await write("article.mdx", article("<Value of='runs/nothing' />"));
  await vi.waitFor(async () => {
    const text = await page.locator("vite-error-overlay #message").textContent({ timeout: 500 });
    expect(text).toContain("counts/article.mdx:9:");
  }, waiting);
  await write("article.mdx", article("Again it is"));
  await says("Again it is 43");

  const pids = await descendantsOf(command.child.pid!);
  command.child.kill("SIGINT");
  expect(await survivorsOf(pids)).toEqual([]);
  const { code: exitCode, stdout, stderr } = await command.ended;
  expect(exitCode).toBe(130);
  expect(stdout + stderr).not.toMatch(/warn/i);
  expect(stderr.match(/counts\/study\.ts/g)).toHaveLength(1);
  expect(stderr.match(/counts\/article\.mdx:9:1: unknown output/g)).toHaveLength(1);
  expect(stderr).not.toContain("    at ");
}, 180_000);

test("a run that nobody asks for any more is given up, and the next is made", async () => {
  const { experiments, env, stored } = await createGallery("long");
  const study = join(experiments, "long", "study.ts");
  const command = start("dev", ["--port", "4398", "--engine", "cpu"], { ...env, ...outside });
  onTestFinished(() => void command.child.kill("SIGKILL"));
  await command.says("[start]    fit long/runs");
  await writeFile(study, (await readFile(study, "utf8")).replace("100_000_000", "3"));
  await command.says("[done]     fit long/runs");
  expect(await stored()).toHaveLength(1);
  const pids = await descendantsOf(command.child.pid!);
  command.child.kill("SIGTERM");
  expect(await survivorsOf(pids)).toEqual([]);
  expect((await command.ended).code).toBe(143);
}, 120_000);
