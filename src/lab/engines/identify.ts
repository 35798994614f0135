import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { UserError } from "../../error.ts";
import type { TrainTask } from "../experiment.ts";
import { chooseEngine } from "./choose.ts";
import { type EngineName, openEngine, parseEngineName } from "./engine.ts";
import { comparable } from "./measured.ts";

const probe = fileURLToPath(new URL("probe.ts", import.meta.url));

/**
 * The id that openEngine() would give, for keys. Another process asks libtensorflow: it takes half a
 * gigabyte, is chatty, and ends the process where the processor lacks its instructions.
 * @throws UserError where the engine does not run here.
 */
export async function engineId(name: EngineName): Promise<string> {
  if (name !== "tensorflow") return (await openEngine(name, { threads: 1 })).id;
  try {
    return (await promisify(execFile)(process.execPath, [probe, name])).stdout.trim();
  } catch (cause) {
    const { stderr, signal } = cause as { stderr: string; signal: string | null };
    const reason = /^\w*Error: (.*)$/m.exec(stderr)?.[1] ?? `it ended by ${signal ?? "itself"}`;
    throw new UserError(`the engine “${name}” does not run here: ${reason}`, {
      hint: "npm run setup:tensorflow sets it up or says what it lacks; the default engine is onnx",
      cause,
    });
  }
}

export interface IdentifiedEngine {
  name: string;
  id: string;
  /** Why this one, where it was chosen here; null where it was named. */
  reason: string | null;
}

const maybeId = (name: EngineName): Promise<string | null> =>
  engineId(name).catch((error: unknown) => {
    if (error instanceof UserError) return null;
    throw error;
  });

/**
 * The engine that a name means; "auto" is the one with the shortest time for `tasks`. Where there are
 * none, no engine is loaded.
 * @throws UserError for an unknown name, and where the engine does not run here.
 */
export async function identifyEngine(
  name: string,
  tasks: readonly TrainTask[],
): Promise<IdentifiedEngine> {
  const known = name === "auto" ? null : parseEngineName(name, ["auto"]);
  if (tasks.length === 0) return { name: "none", id: "none", reason: null };
  if (known) return { name: known, id: await engineId(known), reason: null };
  const ids = new Map<EngineName, string>();
  for (const candidate of comparable) {
    const id = await maybeId(candidate);
    if (id !== null) ids.set(candidate, id);
  }
  const choice = chooseEngine(tasks, [...ids.keys()]);
  return { ...choice, id: ids.get(choice.name)! };
}
