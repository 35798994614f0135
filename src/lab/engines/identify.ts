import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { UserError } from "../../error.ts";
import { type EngineName, openEngine } from "./engine.ts";

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
