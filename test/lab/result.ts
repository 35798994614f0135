import type { StoredRecord, ToStore } from "../../src/lab/store/store.ts";

/** Version of the records' layout. */
export const schema = 7;

/** What the store needs to know of a record, and two things of its own. */
export interface ResultRecord extends StoredRecord {
  loss: number;
  reason: string | null;
}

/** What a run might yield, without running it. */
export function createResult(key: string, reason: string | null = null): ToStore<ResultRecord> {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(`${text} of ${key}`);
  return {
    record: { schema, key, loss: 0.25, reason },
    files: {
      "tiles.png": bytes("tiles"),
      "values.json": bytes("values"),
      "weights.npz": bytes("weights"),
    },
  };
}
