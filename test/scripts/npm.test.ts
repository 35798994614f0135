import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { descendantsOf, survivorsOf } from "../processes.ts";
import { createGallery, startByNpm } from "./gallery.ts";

test("scripts are words that cmd.exe knows too, exec by a file of that name", async () => {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8")) as {
    scripts: Record<string, string>;
  };
  const commands = Object.values(scripts).flatMap((script) => script.split(" && "));
  expect(commands.length).toBeGreaterThan(10);
  for (const command of commands) {
    expect(command).toMatch(/^((exec )?node|vitest|eslint|prettier|knip|astro)( [\w./:-]+)*$/);
  }
  expect((await readFile("exec.cmd", "utf8")).trimEnd().split("\r\n").at(-1)).toBe("@%*");
});

test.skipIf(process.platform !== "linux").each([
  ["SIGTERM", { code: 143 }],
  ["SIGINT", { code: 130 }],
  ["SIGHUP", { code: null }],
  ["SIGKILL", { code: null }],
] as const)("npm run train, %s: all it started is gone in two seconds", async (signal, ended) => {
  const { env, train, stored } = await createGallery("counts", "long");
  const command = startByNpm("train", ["--engine", "cpu", "--jobs", "2"], env);
  await command.says("[done]     count counts/runs");
  const pids = await descendantsOf(command.child.pid!);
  expect(pids.length).toBeGreaterThanOrEqual(2);
  command.child.kill(signal);
  expect(await survivorsOf(pids)).toEqual([]);
  expect(await command.ended).toMatchObject(ended);
  const kept = await stored();
  expect(kept.filter((name) => /^[0-9a-f]{32}$/.test(name))).toHaveLength(1);
  expect((await train("--dry-run").ended).stdout).toMatch(/\[done\] +counts/);
});
