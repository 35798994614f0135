import { readFile } from "node:fs/promises";
import { UserError } from "../../../src/error.ts";
import type { DataOptions } from "../../../src/lab/datasets/origin.ts";
import type { Data, Gives } from "../../../src/lab/input.ts";
import { readNpz } from "../../../src/lab/npz.ts";
import type { LabelledArray } from "../../../src/lab/output.ts";
import { createDataReader } from "../../../src/lab/read-data.ts";

/** Data as planning finds them, and as a worker reads them. */
export async function readAll<D extends Data>(data: D, options: DataOptions) {
  const found = await createDataReader({ data: "", ...options })(data);
  const arrays: Record<string, LabelledArray> = readNpz(await readFile(found.path));
  if (found.labels !== undefined) {
    const labels = JSON.parse(await readFile(found.labels, "utf8")) as Record<
      string,
      Record<string, string[]>
    >;
    for (const [name, named] of Object.entries(labels)) {
      arrays[name] = { ...arrays[name]!, labels: named };
    }
  }
  return { found, arrays: arrays as Gives<D> };
}

/** Message and hint of the UserError that work must end with. */
export async function complaintOf(work: () => unknown): Promise<string> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return `${error.message} · ${error.hint ?? ""}`;
  }
  throw new Error("nothing was complained of");
}
