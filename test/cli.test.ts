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
