import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { holding } from "../src/lock.ts";
import { temporaryFolder } from "./lab/folder.ts";

const never = new AbortController().signal;

const nothing = (): void => {};

test("one after the other, in whatever way the first ends", async () => {
  const folder = await temporaryFolder();
  const events: string[] = [];
  const act = (name: string) => async (): Promise<void> => {
    events.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 300));
    events.push(`${name} ends`);
    if (name === "first") throw new Error("failed");
  };
  const first = holding(folder, nothing, never, act("first"));
  const failing = expect(first).rejects.toThrow("failed");
  await holding(folder, () => events.push("waiting"), never, act("second"));
  await failing;
  expect(events).toEqual(["first begins", "waiting", "first ends", "second begins", "second ends"]);
});

test("a holder that is killed holds nothing; waiting can be given up; folders are apart", async () => {
  const folder = await temporaryFolder();
  const script = `
    import { holding } from ${JSON.stringify(join(process.cwd(), "src/lock.ts"))};
    await holding(process.argv[1], () => {}, new AbortController().signal, async () => {
      console.log("held");
      setInterval(() => {}, 1000);
      await new Promise(() => {});
    });`;
  const holder = spawn(process.execPath, ["--input-type=module-typescript", "-e", script, folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(holder.stdout, "data");
  const reason = new Error("enough");
  const given = holding(folder, nothing, AbortSignal.abort(reason), async () => {});
  await expect(given).rejects.toBe(reason);
  expect(await holding(await temporaryFolder(), nothing, never, async () => "other")).toBe("other");
  holder.kill("SIGKILL");
  expect(await holding(folder, nothing, never, async () => "free")).toBe("free");
});
