import { type ChildProcessByStdio, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdir, readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { removeStale, temporaryName } from "../../src/lab/atomic.ts";
import { asideName, parseName } from "../../src/lab/writer.ts";
import { leaveTemporary } from "./dead-writer.ts";
import { temporaryFolder } from "./folder.ts";

const writers = fileURLToPath(new URL("store/writers/", import.meta.url));

const self = parseName(temporaryName())!.writer;
const elsewhere = { ...self, place: "0123456789ab" };

describe("removeStale", () => {
  test("deletes what dead writers left, and only that", async () => {
    const directory = await temporaryFolder();
    leaveTemporary(directory);
    const stays = [temporaryName(), temporaryName(elsewhere), ".tmp-of-somebody", "a"];
    const old = temporaryName(elsewhere);
    for (const name of [...stays, old])
      await mkdir(join(directory, name, "deep"), { recursive: true });
    await utimes(join(directory, old), 0, 0);
    await removeStale(directory);
    expect((await readdir(directory)).sort()).toEqual(stays.sort());
    await removeStale(join(directory, "absent"));
  });

  test.skipIf(self.start === 0)("tells a process from a later one of the same id", async () => {
    const directory = await temporaryFolder();
    await mkdir(join(directory, temporaryName({ ...self, start: self.start - 1 })));
    const old = temporaryName();
    await mkdir(join(directory, old));
    await utimes(join(directory, old), 0, 0);
    await removeStale(directory);
    expect(await readdir(directory)).toEqual([old]);
  });

  test("puts back what a dead writer had set aside, unless something took its place", async () => {
    const directory = await temporaryFolder();
    const dead = parseName(leaveTemporary(directory))!.writer;
    for (const [path, text] of [
      [asideName("a", dead), "old"],
      [asideName("b", dead), "old"],
      ["b", "new"],
      [asideName("c"), "of a writer that is alive"],
    ] as const) {
      await mkdir(join(directory, path));
      await writeFile(join(directory, path, text), "");
    }
    await removeStale(directory);
    const names = (await readdir(directory)).sort();
    expect(names).toEqual([expect.stringMatching(/^\.old-c\./), "a", "b"]);
    expect(await readdir(join(directory, "a"))).toEqual(["old"]);
    expect(await readdir(join(directory, "b"))).toEqual(["new"]);
  });
});

const apart = ["--pid", "--fork", process.execPath];
const canUnshare = spawnSync("unshare", [...apart, "--version"]).status === 0;

describe.skipIf(!canUnshare)("writers in another PID namespace", () => {
  /** A writer at work, until its input ends. */
  async function hold(
    directory: string,
    command: string,
    args: string[],
  ): Promise<{ name: string; child: ChildProcessByStdio<Writable, Readable, null> }> {
    const child = spawn(command, [...args, join(writers, "holder.ts"), directory], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    return { name: line.toString().trim(), child };
  }

  test("keep their folder while this one opens the store", async () => {
    const directory = await temporaryFolder();
    const { name, child } = await hold(directory, "unshare", apart);
    await removeStale(directory);
    child.stdin.end();
    expect(await readdir(directory)).toEqual([name]);
  });

  test.each([[[]], [["--mount-proc"]]])("keep it from those in it, %j", async (mount) => {
    const directory = await temporaryFolder();
    const { name, child } = await hold(directory, process.execPath, []);
    spawnSync("unshare", [...mount, ...apart, join(writers, "opener.ts"), directory]);
    child.stdin.end();
    expect(await readdir(directory)).toEqual([name]);
  });

  test("see each other within it, where /proc is of another", async () => {
    const directory = await temporaryFolder();
    const [node, holder, opener] = [process.execPath, "holder.ts", "opener.ts"];
    const script = `sleep 60 | "${node}" ${holder} "$0" &
      until [ "$(ls -A "$0")" ]; do sleep 0.1; done
      "${node}" ${opener} "$0"; ls -A "$0"`;
    const { stdout } = spawnSync("unshare", ["--pid", "--fork", "sh", "-c", script, directory], {
      cwd: writers,
    });
    expect(stdout.toString()).toMatch(/^(\.tmp-.*\n)\1$/);
  });
});
