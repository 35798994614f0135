import { spawnSync } from "node:child_process";
import { mkdir, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { markerName } from "../../src/folders.ts";
import type { SiteIndex } from "../../src/lab/site-index.ts";
import { descendantsOf } from "../processes.ts";
import { createGallery, declareStudy, run, start } from "./gallery.ts";

// Each training starts processes that load TF.js; several of them, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

const statuses = ({ studies }: SiteIndex) =>
  Object.fromEntries(studies.map(({ id, tables }) => [id, tables[0]!.rows[0]!.status]));

const keyOf = ({ studies }: SiteIndex, study: string): string =>
  studies.find(({ id }) => id === study)!.tables[0]!.rows[0]!.key;

describe("npm run train", () => {
  test("trains what is missing once, and publishes", async () => {
    const { train, stored, index } = await createGallery("counts", "tiny", "twin");
    const first = await train().ended;
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("[done]     fit tiny/runs → ");
    expect(first.stdout).toMatch(/made +reused +stopped +failed +blocked +time\n +2 +0 +0 +0 +0 /);
    expect(await stored()).toHaveLength(2);
    expect(statuses(await index())).toEqual({ counts: "done", tiny: "done", twin: "done" });
    const second = await train().ended;
    expect(second.stdout).toContain("nothing to make: 2 runs reused");
    expect(second.stdout).not.toContain("[start]");
  });

  test("forces, damaged or removed: only that run is trained again", async () => {
    const { train, stored, env, index } = await createGallery("counts", "tiny");
    await train().ended;
    const forced = await train("--only", "counts", "--force").ended;
    expect(forced.stdout).toMatch(/\n +1 +1 +0 +0 +0 /);
    const key = keyOf(await index(), "tiny");
    await truncate(join(env.VITRINE_RESULTS, key, "weights.npz"), 10);
    const healed = await train().ended;
    expect(healed.stdout).toContain("weights.npz has 10 bytes instead of");
    expect(healed.stdout).toMatch(/\n +1 +1 +0 +0 +0 /);
    await rm(join(env.VITRINE_RESULTS, key), { recursive: true });
    expect((await train().ended).stdout).toMatch(/\n +1 +1 +0 +0 +0 /);
    expect(await stored()).toHaveLength(2);
  });

  test("a run that stops early is told, published and not made again; the exit code is 2", async () => {
    const { train, index } = await createGallery("counts", "diverging");
    const first = await train().ended;
    expect(first.code).toBe(2);
    expect(first.stdout).toMatch(/\[stopped\] {2}diverging\/runs: no finite loss at step \d+/);
    expect(statuses(await index())).toEqual({ counts: "done", diverging: "stopped" });
    const second = await train().ended;
    expect(second.code).toBe(2);
    expect(second.stdout).toContain("nothing to make: 2 runs reused");
  });

  test("a file that flips while another run is trained is not published; the exit code is 1", async () => {
    const { train, env, experiments, index } = await createGallery("tiny");
    await train().ended;
    const before = await index();
    await declareStudy(experiments, "diverging");
    const path = join(env.VITRINE_RESULTS, keyOf(before, "tiny"), "weights.npz");
    const bytes = await readFile(path);
    bytes[50]! ^= 1;
    const command = train();
    await command.says("[start]");
    await writeFile(path, bytes);
    const { code, stderr } = await command.ended;
    expect(code).toBe(1);
    expect(stderr).toContain(`${path} does not match its checksum, nothing is published`);
    expect(await index()).toEqual(before);
  });

  test(
    "a failure is told until the run succeeds or is planned no more",
    { timeout: 120_000 },
    async () => {
      const { train, index, env, experiments } = await createGallery("counts", "unlucky");
      const failures = () => readdir(join(env.VITRINE_RESULTS, ".failures"));
      expect(await train().ended).toMatchObject({ code: 2 });
      const key = keyOf(await index(), "unlucky");
      expect(await failures()).toEqual([`${key}.json`]);

      expect(await train("--only", "counts").ended).toMatchObject({ code: 0 });
      expect((await index()).runs[key]).toMatchObject({
        status: "failed",
        reason: "thirteen brings no luck",
      });
      const plan = (await train("--dry-run").ended).stdout;
      expect(plan).toMatch(
        /\[failed\] +unlucky\/runs +\S+ +100\.0 % +104 B +thirteen brings no luck/,
      );
      expect(plan).toContain("1 run to make");
      const explained = await start("explain", ["unlucky/runs", "--engine", "cpu"], env).ended;
      expect(explained.stdout).toContain("state   failed: thirteen brings no luck");
      expect(explained.stdout).toMatch(/ when {4}\d{4}-\d\d-\d\d \d\d:\d\d UTC\n {2}log .*count/);

      expect((await train().ended).stdout).toContain("[start]    count unlucky/runs");
      const lucky = { ...env, LUCK: "1" };
      expect(await start("train", ["--engine", "cpu"], lucky).ended).toMatchObject({ code: 0 });
      expect(await failures()).toEqual([]);
      expect(statuses(await index())).toEqual({ counts: "done", unlucky: "done" });

      expect(await train("--only", "unlucky", "--force").ended).toMatchObject({ code: 2 });
      expect(statuses(await index())).toEqual({ counts: "done", unlucky: "done" });
      await rm(join(env.VITRINE_RESULTS, key), { recursive: true });
      expect(await train().ended).toMatchObject({ code: 2 });
      await writeFile(
        join(experiments, "tasks", "count.ts"),
        "export default () => ({ double: 26 });",
      );
      await train("--only", "counts").ended;
      expect(await failures()).toEqual([]);
      expect(statuses(await index())).toEqual({ counts: "done", unlucky: "missing" });
    },
  );

  test("a run beyond the machine's memory is refused when it is planned", async () => {
    const { train, index, stored } = await createGallery("counts", "huge");
    const why = /it needs 72 PB of memory, this machine has [\d.,]+ [GT]B/;
    const plan = (await train("--dry-run").ended).stdout;
    expect(plan.split("\n").find((line) => line.includes("huge/runs"))).toMatch(why);
    const { code, stdout } = await train().ended;
    expect(code).toBe(2);
    expect(stdout).not.toContain("[start]    count huge");
    expect(stdout).toMatch(new RegExp(`\\[failed\\] +huge/runs: ${why.source}`));
    expect(await stored()).toHaveLength(1);
    const { runs, studies } = await index();
    const run = runs[keyOf({ studies } as SiteIndex, "huge")]!;
    expect(run).toMatchObject({ status: "failed", reason: expect.stringMatching(why) });
  });

  test("a run that nobody has touched keeps its published files, and is laid out anew for another declaration", async () => {
    const { train, env, experiments, index } = await createGallery("counts", "tiny");
    await train().ended;
    const file = join(env.VITRINE_PUBLIC, "runs", keyOf(await index(), "tiny"), "weights.npz");
    const { ino } = await stat(file);
    const bytes = await readFile(file);
    await train().ended;
    expect((await stat(file)).ino).toBe(ino);
    await writeFile(file, "scribbled on");
    await train().ended;
    expect(await readFile(file)).toEqual(bytes);
    const again = await stat(file);
    await train("--verify").ended;
    expect((await stat(file)).ino).not.toBe(again.ino);
    const tasks = join(experiments, "tasks", "tasks.ts");
    const text = await readFile(tasks, "utf8");
    await writeFile(
      tasks,
      text.replace("weights: arrays()", "weights: arrays(null, { publish: false })"),
    );
    expect((await train().ended).stdout).toContain("nothing to make: 2 runs reused");
    await expect(stat(file)).rejects.toThrow("ENOENT");
  });

  test("what was not selected stays missing", async () => {
    const { train, index } = await createGallery("counts", "tiny");
    expect(await train("--only", "counts").ended).toMatchObject({ code: 0 });
    expect(statuses(await index())).toEqual({ counts: "done", tiny: "missing" });
  });
});

test.skipIf(process.platform !== "linux")(
  "a run that hangs is told of, ended after a while and published as failed, the others as done",
  async () => {
    const { env, index } = await createGallery("counts", "long");
    const command = start("train", ["--engine", "cpu", "--jobs", "1"], {
      ...env,
      VITRINE_PATIENCE: "0.15",
    });
    await command.says("[start]    fit long/runs");
    // A process that was just forked still has the words of its parent.
    await vi.waitFor(async () => {
      let found = 0;
      for (const pid of await descendantsOf(command.child.pid!)) {
        const words = await readFile(`/proc/${pid}/cmdline`, "utf8");
        if (!words.includes("work.ts")) continue;
        process.kill(pid, "SIGSTOP");
        found++;
      }
      expect(found).toBe(1);
    }, 10_000);
    const { code, stdout } = await command.ended;
    expect(code).toBe(2);
    expect(stdout).toContain("[silent]   fit long/runs: nothing heard for 4.5 s");
    expect(stdout).toContain("nothing was heard of it for 9.0 s: it was ended");
    expect(statuses(await index())).toEqual({ counts: "done", long: "failed" });
  },
);

describe("an interrupted training", () => {
  test.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
  ] as const)(
    "%s ends it with code %i within two seconds; finished runs are kept",
    async (name, code) => {
      const { train, stored } = await createGallery("counts", "long");
      const command = train("--jobs", "2");
      await command.says("[done]     count counts/runs");
      const startedMs = performance.now();
      command.child.kill(name);
      const { stderr, ...ended } = await command.ended;
      expect(ended.code).toBe(code);
      expect(performance.now() - startedMs).toBeLessThan(2000);
      expect(stderr).toContain("finished runs are kept");
      expect(await stored()).toHaveLength(1);
      const { stdout } = await train("--dry-run").ended;
      expect(stdout).toMatch(/\[done\] +counts/);
      expect(stdout).toMatch(/\[missing\] +long/);
    },
  );

  test("killed outright leaves a clean store, and the rest is trained next", async () => {
    const { train, stored, env } = await createGallery("counts", "long");
    const command = train("--jobs", "2");
    await command.says("[done]     count counts/runs");
    command.child.kill("SIGKILL");
    await command.ended;
    const again = await train("--only", "counts").ended;
    expect(again.stdout).toContain("nothing to make: 1 run reused");
    expect(await stored()).toHaveLength(1);
    const names = await readdir(env.VITRINE_RESULTS);
    expect(names.filter((name) => /^\.(tmp|old)-/.test(name))).toEqual([]);
  });
});

describe("folders", () => {
  test.each([
    [{ VITRINE_DIST: "src" }, "within the project's own src/"],
    [{ VITRINE_PUBLIC: "." }, "which holds the whole project"],
    [{ VITRINE_RESULTS: "public/runs" }, "lies in VITRINE_PUBLIC"],
  ])("%j is refused before anything happens", async (env, message) => {
    for (const script of ["train", "build"]) {
      const { code, stdout, stderr } = await start(script, [], env).ended;
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(message);
    }
  });

  test("that hold other things are told before training, and left alone", async () => {
    const { train, env } = await createGallery("counts");
    for (const folder of [env.VITRINE_RESULTS, join(env.VITRINE_PUBLIC, "runs")]) {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "thesis.tex"), "");
      const { code, stdout, stderr } = await train().ended;
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(`${folder} holds files that Vitrine may not have made`);
      expect(await readdir(folder)).toEqual(["thesis.tex"]);
      await rm(join(folder, "thesis.tex"));
    }
    expect(await train().ended).toMatchObject({ code: 0 });
  });

  test("of results without a mark are known by the names in them", async () => {
    const { train, env } = await createGallery("counts");
    await train().ended;
    await rm(join(env.VITRINE_RESULTS, markerName));
    expect(await train("--force").ended).toMatchObject({ code: 0 });
  });
});

const canMount =
  spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "none", tmpdir()]).status === 0;

describe.skipIf(!canMount)("a disk", () => {
  const mount = (name: string, options: string): string[] => {
    const script = `mount -t tmpfs -o ${options} none "$VITRINE_${name}" && exec "$@"`;
    return ["unshare", "--mount", "sh", "-c", script, "sh"];
  };

  test.each([
    ["RESULTS", "size=1m", "may need 256 MB, its disk has 1.0 MB left"],
    ["RESULTS", "ro", "cannot write to FOLDER: EROFS: read-only file system"],
    ["PUBLIC", "size=1m", "may need 256 MB, its disk has 1.0 MB left"],
    ["PUBLIC", "ro", "cannot write to FOLDER: EROFS: read-only file system"],
  ] as const)(
    "of %s that is mounted with %s is told before training",
    async (name, how, message) => {
      const { env } = await createGallery("long");
      const folder = env[`VITRINE_${name}`];
      await mkdir(folder);
      const { code, stdout, stderr } = await start("train", [], env, mount(name, how)).ended;
      expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
      expect(stderr).toContain(folder);
      expect(stderr).toContain(message.replace("FOLDER", folder));
      expect(stderr).toContain("name another folder");
    },
  );
});

describe.skipIf(!canMount)("a cache", () => {
  test("that cannot be written to is told of by name", async () => {
    const { env } = await createGallery("counts");
    const lock = 'mount --bind .cache .cache && mount -o remount,bind,ro .cache && exec "$@"';
    const prefix = ["unshare", "--mount", "sh", "-c", lock, "sh"];
    const { code, stdout, stderr } = await start("train", [], env, prefix).ended;
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^error: cannot keep code \S*\.cache\/code\S*: EROFS: read-only file/);
    expect(stderr).toMatch(/\nhint: the project's own \.cache\/ must be writable\n$/);
  });
});

describe("arguments", () => {
  test.each(["train", "build"])(
    "%s --help tells options, environment and exit codes",
    async (script) => {
      const { code, stdout } = await run(script, "--help");
      expect(code).toBe(0);
      for (const word of [
        "--only ADDRESS",
        "--force",
        "VITRINE_RESULTS",
        "Exit codes",
        "Examples",
      ]) {
        expect(stdout).toContain(word);
      }
      expect(stdout.split("\n").every((line) => line.length <= 100)).toBe(true);
    },
  );

  test("--dry-run tells the order and touches nothing", async () => {
    const { train, folder } = await createGallery("counts", "tiny");
    const { code, stdout } = await train("--dry-run").ended;
    expect(code).toBe(0);
    expect(stdout.match(/\S+\/\S+/g)).toEqual(["counts/runs", "tiny/runs"]);
    expect(stdout).toContain("2 runs to make");
    expect(await readdir(folder)).toEqual([]);
  });

  test("--dry-run tells why a run is to be made anew", async () => {
    const { train, experiments } = await createGallery("counts", "tiny");
    await train().ended;
    const path = join(experiments, "tasks", "count.ts");
    await writeFile(path, (await readFile(path, "utf8")).replace("2 *", "3 *"));
    const { stdout } = await train("--dry-run").ended;
    expect(stdout).toMatch(/counts\/runs .* code: changed in \.cache\/.*\/tasks\/count\.ts\n/);
    expect(stdout).toMatch(/\[done\] +tiny\/runs +\S+\n/);
    expect(stdout).toContain("1 run to make");
  });

  test.each([
    [["--dri-run"], "unknown option --dri-run", "did you mean --dry-run?"],
    [["extra"], "unexpected argument “extra”", "--help"],
    [["--only"], "option --only needs a value", "--only ADDRESS"],
    [["--only", "--force"], "option --only needs a value", "--only ADDRESS"],
    [["--force=yes"], "option --force takes no value, found “yes”", ""],
    [["--jobs", "many"], "expected a positive whole number, found “many”", ""],
    [["--profile", "quik"], "unknown profile “quik”", "did you mean “quick”?"],
    [["--engine", "tensorflw"], "unknown engine “tensorflw”", "did you mean “tensorflow”?"],
    [["--engine", "constructor"], "unknown engine “constructor”", "one of onnx"],
    [["--data", "/nope"], "--data is /nope: no such folder", "“drawn”"],
    [["--only", "no-such"], "unknown study “no-such”", "known: "],
  ])("%j is a mistake that is explained", async (args, message, hint) => {
    const { code, stdout, stderr } = await run("train", ...args);
    expect(code).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^error: /);
    expect(stderr).toContain(message);
    expect(stderr).toContain(hint);
    expect(stderr).not.toContain("    at ");
  });
});
