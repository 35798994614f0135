import { expect, test } from "vitest";
import { parseBase, parseSite } from "../src/address.ts";
import { run } from "./scripts/gallery.ts";

test.each(["/", "/vitrine", "/vitrine/", "vitrine", "/~me/a.b/c-d_e/"])("%s is a base", (text) => {
  expect(parseBase(text)).toBe(text);
});

test.each([undefined, null, ""])("without a base (%j) it is /", (text) => {
  expect(parseBase(text)).toBe("/");
});

test.each([
  '/"><script>alert(1)</script>/',
  "/a b/",
  "//evil.example/",
  "/../x/",
  "/a//b/",
  "https://e.org/",
  "/a?b",
  "/a#b",
  "/a\n",
  "\\evil",
])("%j is no base", (text) => {
  expect(() => parseBase(text)).toThrow("the base is no plain path");
});

test("a site is an address of http or https", () => {
  expect(parseSite("https://example.org")).toBe("https://example.org");
  expect(parseSite("")).toBeUndefined();
  for (const text of ["javascript:alert(1)", "example.org", "ftp://example.org"]) {
    expect(() => parseSite(text)).toThrow("the site is no address of http or https");
  }
});

test("a build says so before it trains", async () => {
  const { code, stdout, stderr } = await run("build", "--base", "/<b>/");
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("error: the base is no plain path: “/<b>/”\nhint: ");
});
