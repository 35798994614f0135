import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { descendantsOf, survivorsOf } from "../processes.ts";
import { createGallery, start, startByNpm } from "./gallery.ts";

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

const waiting = `
import { command } from "#lab/command";
import { defineStudy } from "#lab/study";
import { defineTask, value, z } from "#lab/task";

const wait = defineTask({
  name: "wait",
  params: z.strictObject({}),
  outputs: { end: value(z.string()) },
  code: command(["sh", "wait.sh"], { folder: import.meta.url, reads: ["wait.sh"] }),
});

export default defineStudy(() => ({
  title: "Waiting",
  tables: { runs: wait.table({ over: {}, run: () => ({}) }) },
}));
`;

/** The words that a process was started with. */
const wordsOf = (pid: number): Promise<string> =>
  readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");

test.skipIf(process.platform !== "linux").each([
  ["npm", startByNpm],
  ["the build", start],
] as const)(
  "%s, killed outright: its command and what that has started are gone in two seconds",
  async (_, startIt) => {
    const { env, experiments } = await createGallery("counts");
    await mkdir(join(experiments, "waiting"));
    await writeFile(join(experiments, "waiting", "study.ts"), waiting);
    await writeFile(join(experiments, "waiting", "wait.sh"), "sleep 1000 & wait\n");
    const build = startIt("train", ["--engine", "cpu", "--jobs", "1"], env);
    const pids = await vi.waitFor(async () => {
      const found = await descendantsOf(build.child.pid!);
      const words = await Promise.all(found.map(wordsOf));
      expect(words).toContain("sh\0wait.sh\0");
      expect(words).toContain("sleep\x001000\0");
      return found;
    }, 20_000);
    build.child.kill("SIGKILL");
    expect(await survivorsOf(pids)).toEqual([]);
    await build.ended;
  },
);
