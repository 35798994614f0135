import fc from "fast-check";
import { expect, test } from "vitest";
import { joinBase } from "../../src/site/url.ts";

test.each([
  ["/", "", "/"],
  ["/", "articles/x/", "/articles/x/"],
  ["/vitrine", "", "/vitrine/"],
  ["/vitrine/", "/runs/k/run.json", "/vitrine/runs/k/run.json"],
  ["/a/b/", "articles/x/", "/a/b/articles/x/"],
])("%s + %s → %s", (base, path, expected) => {
  expect(joinBase(base, path)).toBe(expected);
});

test("there is one slash at every joint", () => {
  const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  fc.assert(
    fc.property(fc.array(part), fc.array(part), fc.boolean(), (base, path, slash) => {
      const joined = joinBase(`/${base.join("/")}`, path.join("/") + (slash ? "/" : ""));
      expect(joined).toMatch(/^\/([^/]+\/)*[^/]*$/);
    }),
  );
});
