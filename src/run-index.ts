import { z } from "astro/zod";
import { UserError } from "./error.ts";
import type { RunIndex } from "./lab/record.ts";

/** The type keeps it equal to the lab's, which pages do not import. */
const version: RunIndex["schema"] = 2;

const DatasetImage = z.looseObject({ dataset: z.string(), label: z.int().min(0).max(9) });

const Image = z.union([
  DatasetImage,
  z.looseObject({ pattern: z.string() }),
  z.looseObject({ blend: z.tuple([DatasetImage, DatasetImage]) }),
]);

const Spec = z.discriminatedUnion("task", [
  z.looseObject({
    task: z.literal("train"),
    tests: z.array(Image),
    layerTests: z.array(Image),
    model: z.looseObject({
      kind: z.enum(["fcn", "cnn"]),
      /** Pages list them. */
      layers: z.int().positive().max(100_000),
    }),
    training: z.looseObject({
      steps: z.int().min(0),
      optimizer: z.looseObject({ kind: z.string() }),
    }),
    seed: z.int(),
  }),
  z.looseObject({ task: z.literal("parameters") }),
  z.looseObject({ task: z.literal("bias-variance") }),
]);

const Run = z.looseObject({
  name: z.string(),
  /** Names a folder, so nothing but digits. */
  key: z
    .string()
    .regex(/^[0-9a-f]+$/)
    .nullable(),
  status: z.enum(["done", "diverged", "missing"]),
  reason: z.string().nullable(),
  spec: Spec,
});

/** What pages rely on in runs/index.json; whatever else it holds is left as it is. */
const Index = z.looseObject({
  schema: z.literal(version),
  profile: z.string(),
  engine: z.string(),
  datasets: z.array(z.looseObject({ name: z.string(), source: z.string(), sha256: z.string() })),
  experiments: z.array(z.looseObject({ id: z.string(), title: z.string(), runs: z.array(Run) })),
});

/**
 * @param path of the file that held the value, for messages
 * @throws UserError naming the first place that is not as it should be.
 */
export function parseIndex(value: unknown, path: string): RunIndex {
  const parsed = Index.safeParse(value);
  if (parsed.success) return value as RunIndex;
  const [issue] = parsed.error.issues;
  const place = issue!.path.join(".") || "it";
  throw new UserError(`${path} is not an index of runs: ${place}: ${issue!.message}`, {
    hint: "run `npm run train` to lay out runs/ anew",
  });
}
