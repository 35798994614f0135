import { homedir } from "node:os";
import { expect, test } from "vitest";
import { formatReason } from "../../src/lab/reason.ts";

test.each([
  ["loss became NaN at step 41", "loss became NaN at step 41"],
  [
    "ENOENT: no such file, open '/root/of/it/results/1f/run.json'",
    "ENOENT: no such file, open 'results/1f/run.json'",
  ],
  ["cannot read /data/ann's/x y/run.json: EIO: i/o error", "cannot read run.json: EIO: i/o error"],
  [
    "Cannot find module '/home/ann lee/a.ts' imported from /opt/b.ts",
    "Cannot find module 'a.ts' imported from b.ts",
  ],
  ["rename '/tmp/a/.x' -> '/mnt/b/y'", "rename '.x' -> 'y'"],
  ["copy /tmp/a/x to /mnt/b/y: no", "copy x to y: no"],
  ["file:///home/ann/gallery/a.ts:3:1", "a.ts:3:1"],
  ["at file:///root/of/it/src/a.ts:3:1", "at src/a.ts:3:1"],
  [String.raw`open 'C:\Users\ann\x.npz' (and \\server\share\y)`, "open 'x.npz' (and y)"],
  [`scandir '${homedir()}', ${homedir()}/a/b`, "scandir '~', b"],
  ["lost box7 (box7.lan), box7-b", "lost this machine (this machine.lan), box7-b"],
  [
    "see https://example.org/a/b: 3 m/s, and/or src/a.ts, 1 / 2",
    "see https://example.org/a/b: 3 m/s, and/or src/a.ts, 1 / 2",
  ],
])("%s", (reason, expected) => {
  expect(formatReason(reason, "/root/of/it", "box7")).toBe(expected);
});
