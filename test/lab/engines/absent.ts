import { engineId } from "../../../src/lab/engines/identify.ts";

/** Why the engine “tensorflow” does not run here; null where it does. */
export const tensorflowAbsent: string | null = await engineId("tensorflow").then(
  () => null,
  (error: Error) => error.message,
);

if (tensorflowAbsent) {
  console.warn(`${tensorflowAbsent}; its tests are skipped (npm run setup:tensorflow)`);
}
