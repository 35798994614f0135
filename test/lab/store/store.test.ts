import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  lstat,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  truncate,
  utimes,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { openStore } from "../../../src/lab/store/store.ts";
import { looksOf, openVerified } from "../../../src/lab/store/verified.ts";
import { leaveTemporary } from "../dead-writer.ts";
import { temporaryFolder } from "../folder.ts";
import { createResult, type ResultRecord, schema } from "../result.ts";

async function createStore() {
  const directory = await temporaryFolder();
  return { directory, store: await openStore<ResultRecord>(directory, schema) };
}

describe("commit", () => {
  test("shows a run complete, with checksums, and leaves nothing else", async () => {
    const { directory, store } = await createStore();
    expect(await store.read("a")).toEqual({ state: "missing" });
    const record = await store.commit("a", createResult("a"));
    expect(await store.read("a")).toEqual({ state: "whole", record });
    expect(Object.keys(record.files)).toEqual(Object.keys(createResult("a").files));
    expect(await readdir(directory)).toEqual(["a"]);
  });

  test("keeps what is there unless told to replace it", async () => {
    const { directory, store } = await createStore();
    const first = await store.commit("a", createResult("a"));
    await store.commit("a", createResult("a", "loss became NaN"));
    expect(await store.read("a")).toEqual({ state: "whole", record: first });
    const last = await store.commit("a", createResult("a", "no"), { replace: true });
    expect(await store.read("a")).toEqual({ state: "whole", record: last });
    expect(await readdir(directory)).toEqual(["a"]);
  });

  test("made twice at once leaves one run", async () => {
    const { directory, store } = await createStore();
    await Promise.all([1, 2, 3].map(() => store.commit("a", createResult("a"))));
    expect(await store.read("a")).toMatchObject({ state: "whole" });
    expect(await readdir(directory)).toEqual(["a"]);
  });

  test("that replaces a run three times at once leaves one", async () => {
    const { directory, store } = await createStore();
    await store.commit("a", createResult("a"));
    const again = [1, 2, 3].map(() => store.commit("a", createResult("a"), { replace: true }));
    await Promise.all(again);
    expect(await store.read("a")).toMatchObject({ state: "whole" });
    expect(await readdir(directory)).toEqual(["a"]);
  });

  test("that fails leaves nothing behind", async () => {
    const { directory, store } = await createStore();
    const output = createResult("a");
    output.files["x".repeat(300)] = new Uint8Array(1);
    await expect(store.commit("a", output)).rejects.toThrow(/cannot write .*: ENAMETOOLONG/);
    expect(await readdir(directory)).toEqual([]);
  });
});

describe("read", () => {
  const damages: Record<string, [reason: string, harm: (run: string) => Promise<void>]> = {
    missing: ["weights.npz is missing", (run) => rm(join(run, "weights.npz"))],
    truncated: [
      "values.json has 3 bytes instead of 11",
      (run) => truncate(join(run, "values.json"), 3),
    ],
    flipped: [
      "tiles.png does not match its checksum",
      async (run) => {
        const bytes = await readFile(join(run, "tiles.png"));
        bytes[2]! ^= 1;
        await writeFile(join(run, "tiles.png"), bytes);
      },
    ],
    "without a record": ["run.json is missing or not a file", (run) => rm(join(run, "run.json"))],
    "with a folder for a record": [
      "run.json is missing or not a file",
      async (run) => {
        await rm(join(run, "run.json"));
        await mkdir(join(run, "run.json"));
      },
    ],
    "with a pipe for a record": [
      "run.json is missing or not a file",
      async (run) => {
        await rm(join(run, "run.json"));
        execFileSync("mkfifo", [join(run, "run.json")]);
      },
    ],
    "a link that leads nowhere": [
      "it is not a folder",
      async (run) => {
        await rm(run, { recursive: true });
        await symlink("nowhere", run);
      },
    ],
    "cut record": ["run.json is not JSON", (run) => truncate(join(run, "run.json"), 20)],
    "changed record": [
      "run.json does not match its checksum",
      async (run) => {
        const text = await readFile(join(run, "run.json"), "utf8");
        await writeFile(join(run, "run.json"), text.replace("0.25", "0.24"));
      },
    ],
    "record of another layout": [
      `run.json is not of schema ${schema}`,
      async (run) => {
        const text = await readFile(join(run, "run.json"), "utf8");
        await writeFile(join(run, "run.json"), text.replace('"schema": 7', '"schema": 6'));
      },
    ],
    "record of another run": [
      "run.json is of another run, b",
      async (run) => {
        const text = await readFile(join(run, "run.json"), "utf8");
        await writeFile(join(run, "run.json"), text.replace('"key": "a"', '"key": "b"'));
      },
    ],
  };

  test.each(Object.entries(damages))("names what is wrong: %s", async (_, [reason, harm]) => {
    const { store } = await createStore();
    await store.commit("a", createResult("a"));
    await harm(store.path("a"));
    expect(await store.read("a")).toEqual({ state: "damaged", reason });
    await store.commit("a", createResult("a"), { replace: true });
    expect(await store.read("a")).toMatchObject({ state: "whole" });
  });
});

describe("names of files", () => {
  const names = ["../../known.txt", "/known.txt", ".env", "a/b", "a\\b", "", "c:x", "ä"];

  test.each(names)("“%s” is not written", async (name) => {
    const { directory, store } = await createStore();
    const output = createResult("a");
    output.files[name] = new Uint8Array(1);
    await expect(store.commit("a", output)).rejects.toThrow("a file of a run cannot be named");
    expect(await readdir(directory)).toEqual([]);
  });

  test.each(names)("“%s” in a sealed record is damage", async (name) => {
    const { store } = await createStore();
    const { "weights.npz": entry } = (await store.commit("a", createResult("a"))).files;
    const path = join(store.path("a"), "run.json");
    const record = JSON.parse(await readFile(path, "utf8")) as ResultRecord;
    const text = JSON.stringify({ ...record, files: { [name]: entry } });
    await writeFile(path, text);
    const sum = createHash("sha256").update(text).digest("hex");
    await writeFile(`${path}.sha256`, `${sum}  run.json\n`);
    const reason = `run.json names a file “${name}”, which is no plain name`;
    expect(await store.read("a")).toEqual({ state: "damaged", reason });
  });
});

test("what cannot be read is not taken for missing", async () => {
  const { store } = await createStore();
  // Nobody may look at a name that is too long, not even root.
  const key = "a".repeat(300);
  await expect(store.read(key)).rejects.toMatchObject({
    name: "UserError",
    message: `cannot read ${store.path(key)}: ENAMETOOLONG: name too long`,
  });
});

test("opening clears up after dead writers", async () => {
  const directory = await temporaryFolder();
  leaveTemporary(directory);
  await openStore(directory, schema);
  expect(await readdir(directory)).toEqual([]);
});

describe("a run that was compared with its checksums", () => {
  const flip = async (path: string): Promise<void> => {
    const bytes = await readFile(path);
    bytes[2]! ^= 1;
    await writeFile(path, bytes);
  };

  /** A store whose run “a” was compared once, and another process's view of it. */
  async function createCompared() {
    const { directory, store } = await createStore();
    const record = await store.commit("a", createResult("a"));
    await sleep(2100); // younger files are not trusted
    await store.read("a");
    await store.keepVerified();
    const open = (options = {}) => openStore<ResultRecord>(directory, schema, options);
    return { directory, record, weights: join(store.path("a"), "weights.npz"), open };
  }

  /** A byte flips as on a disk that rots: the system tells of no write. */
  async function rot(directory: string, record: ResultRecord, path: string): Promise<void> {
    await flip(path);
    const files = Object.entries(record.files).map(async ([name, { sha256 }]) => ({
      sha256,
      state: await lstat(join(directory, "a", name), { bigint: true }),
    }));
    await sleep(2100);
    const verified = await openVerified(directory, false);
    verified.add("a", looksOf(await Promise.all(files)));
    await verified.save();
  }

  test("is not compared again until a file looks changed, if only to the system's clock", async () => {
    const { directory, weights, open } = await createCompared();
    expect(await readdir(directory)).toEqual([".verified.json", "a"]);
    expect(await (await open()).read("a")).toMatchObject({ state: "whole" });
    const { atime, mtime } = await stat(weights);
    await flip(weights);
    await utimes(weights, atime, mtime);
    const reason = "weights.npz does not match its checksum";
    expect(await (await open()).read("a")).toEqual({ state: "damaged", reason });
  });

  test("is compared where that is asked for, and the flip that nobody saw is found", async () => {
    const { directory, record, weights, open } = await createCompared();
    await rot(directory, record, weights);
    expect(await (await open()).read("a")).toMatchObject({ state: "whole" });
    const reason = "weights.npz does not match its checksum";
    expect(await (await open({ verify: true })).read("a")).toEqual({ state: "damaged", reason });
  });

  test("is compared when a file of it is read, and by every process after that", async () => {
    const { directory, record, weights, open } = await createCompared();
    await rot(directory, record, weights);
    const store = await open();
    expect(await store.read("a")).toMatchObject({ state: "whole" });
    expect(await store.readFile(record, "tiles.png")).toEqual(Buffer.from("tiles of a"));
    expect(await store.readFile(record, "weights.npz")).toBeNull();
    expect(await (await open()).read("a")).toMatchObject({ state: "damaged" });
  });

  test.each(["", "{", "null", '{"a":1}'])("is compared where the list says %j", async (text) => {
    const { directory, weights, open } = await createCompared();
    await flip(weights);
    await writeFile(join(directory, ".verified.json"), text);
    expect(await (await open()).read("a")).toMatchObject({ state: "damaged" });
  });
});
