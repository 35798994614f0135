import { createRequire, syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { createResult, schema } from "../../result.ts";

/**
 * Commits a run, in the place of an old one if there is, in each of the folders named; the call to the file system of that number does
 * not come to pass.
 * faulty.ts kill|fail|fail-on|list FOLDER CALL [FOLDER CALL]…
 */
const [mode, ...folders] = process.argv.slice(2) as [string, ...string[]];

const promises = createRequire(import.meta.url)("node:fs/promises") as Record<string, Call>;
type Call = (...args: unknown[]) => Promise<unknown>;

/** Those made since the last commit began; null outside of commits. */
let calls: string[] | null = null;
let faultAt = 0;

/** Half of the work is done before it fails, as on a full disk or in the middle of a deletion. */
async function fault(name: string, real: Call, args: unknown[]): Promise<void> {
  const number = calls!.push(name);
  if (mode === "fail-on" ? number < faultAt : number !== faultAt) return;
  if (name === "writeFile") await real((args[0] as string).slice(0, 20));
  if (name === "rm") {
    const names = (await promises["readdir"]!(args[0]).catch(() => [])) as string[];
    if (names.length > 0) await real(join(args[0] as string, names[0]!), args[1]);
  }
  if (mode === "kill") process.kill(process.pid, "SIGKILL");
  throw Object.assign(new Error(`EIO: i/o error, ${name}`), { code: "EIO", syscall: name });
}

function makeFaulty(owner: Record<string, Call>, names: string[]): void {
  for (const name of names) {
    const real = owner[name]!;
    owner[name] = async function (this: unknown, ...args) {
      if (calls) await fault(name, real.bind(this) as Call, args);
      return real.apply(this, args);
    };
  }
}

const handle = (await promises["open"]!(import.meta.filename)) as { close: () => Promise<void> };
await handle.close();
makeFaulty(Object.getPrototypeOf(handle) as Record<string, Call>, ["writeFile", "sync"]);
makeFaulty(promises, ["mkdir", "open", "readdir", "readFile", "rename", "rm", "stat"]);
syncBuiltinESMExports();
const { openStore } = await import("../../../../src/lab/store/store.ts");

for (let i = 0; i < folders.length; i += 2) {
  const store = await openStore(folders[i]!, schema);
  const output = createResult("a", "new");
  const replace = (await store.read("a")).state !== "missing";
  faultAt = Number(folders[i + 1]);
  calls = [];
  await store.commit("a", output, { replace }).catch((error: Error) => {
    if (!error.message.includes("EIO")) throw error;
  });
  if (mode === "list") console.log(calls.join(" "));
  calls = null;
}
