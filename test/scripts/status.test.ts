import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createGallery, start } from "./gallery.ts";

test("tells what is missing, done, failed and stale, to the file that changed", async () => {
  const { experiments, env, train } = await createGallery("counts", "unlucky", "tiny");
  const status = () => start("status", ["--engine", "cpu"], env).ended;

  const before = await status();
  expect(before).toMatchObject({ code: 1, stderr: "" });
  expect(before.stdout).toMatch(/\[missing\] +counts\/runs +not made yet/);

  expect((await train().ended).code).toBe(2);
  const after = await status();
  expect(after.code).toBe(1);
  expect(after.stdout).toMatch(/^study +done +missing +stale +failed +blocked +stopped$/m);
  expect(after.stdout).toMatch(/^counts +1 +– +– +– +– +–$/m);
  expect(after.stdout).toMatch(/^unlucky +– +– +– +1 +– +–$/m);
  expect(after.stdout).toMatch(/\[failed\] +unlucky\/runs +thirteen brings no luck/);
  expect(await start("status", ["--engine", "cpu", "--only", "counts"], env).ended).toMatchObject({
    code: 0,
    stderr: "",
  });

  const code = join(experiments, "tasks", "fit.ts");
  await writeFile(code, (await readFile(code, "utf8")).replace("0, 0.5, 2", "0, 0.5, 3"));
  const { stdout } = await status();
  expect(stdout).toMatch(/^tiny +– +– +1 +– +– +–$/m);
  expect(stdout).toMatch(/\[stale\] +tiny\/runs +code: changed in \S*tasks\/fit\.ts/);
}, 60_000);
