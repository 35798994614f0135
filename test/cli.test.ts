import { spawn } from "node:child_process";
import { once } from "node:events";
import { expect, test } from "vitest";
import { readOptions } from "../src/cli.ts";

const declared = {
  only: { type: "string", help: "" },
  force: { type: "boolean", help: "" },
} as const;

// Keys that every object inherits.
test.each([
  "constructor",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__proto__",
  "__defineGetter__",
])("--%s is an unknown option, with and without a value", (name) => {
  for (const args of [[`--${name}`], [`--${name}=1`], [`--${name}`, "1"]]) {
    expect(() => readOptions(args, declared)).toThrow(`unknown option --${name}`);
  }
});

test("options that are declared are read", () => {
  expect(readOptions(["--only", "a,b", "--only=c", "--force"], declared)).toEqual({
    only: ["a", "b", "c"],
    force: true,
  });
});

test("a command whose output nobody reads any more ends in order", async () => {
  const cli = JSON.stringify(new URL("../src/cli.ts", import.meta.url).href);
  const script =
    `const { runCommand } = await import(${cli});` +
    "await runCommand((signal) => new Promise((_, reject) => {" +
    "  setInterval(() => console.log('still at it'), 10);" +
    "  signal.addEventListener('abort', () => reject(signal.reason));" +
    "}));";
  const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk) => (errors += chunk));
  child.stdout.once("data", () => child.stdout.destroy());
  expect(await once(child, "close")).toEqual([141, null]);
  expect(errors).toMatch(/^error: interrupted by SIGPIPE\nhint: finished runs are kept/);
});
