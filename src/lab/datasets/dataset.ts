import { createHash } from "node:crypto";
import { UserError } from "../../error.ts";
import type { DatasetProvenance } from "../record.ts";
import type { DatasetName } from "./names.ts";

export { type DatasetName, datasetNames } from "./names.ts";

export interface Dataset {
  provenance: DatasetProvenance;
  /**
   * Picture `rank` of class `label`, 0 being the first of its class in the file.
   * @returns [784], white on black in 0–255.
   * @throws UserError if the class has no more than `rank` pictures.
   */
  pick(label: number, rank: number): Uint8Array;
}

/** The data sets that were opened. */
export type Datasets = Partial<Record<DatasetName, Dataset>>;

export const pixelsPerImage = 784;

export interface LabelledImages {
  /** [n · 784], 0–255. */
  pixels: Uint8Array;
  /** [n], 0–9. */
  labels: Uint8Array;
  /** What the provenance's hash is taken of. */
  hashed: Uint8Array;
}

export function createDataset(
  name: DatasetName,
  source: DatasetProvenance["source"],
  { pixels, labels, hashed }: LabelledImages,
): Dataset {
  const indices = Array.from({ length: 10 }, (): number[] => []);
  labels.forEach((label, i) => indices[label]!.push(i));
  const sha256 = createHash("sha256").update(hashed).digest("hex");
  return {
    provenance: { name, source, sha256 },
    pick(label, rank) {
      const index = indices[label]?.[rank];
      if (index === undefined) {
        const count = indices[label]?.length ?? 0;
        throw new UserError(
          `${name} (${source}) has no picture of class ${label} with rank ${rank}: ` +
            `there are ${count} of this class`,
          { hint: count > 0 ? `choose a rank from 0 to ${count - 1}` : "choose another class" },
        );
      }
      return pixels.subarray(index * pixelsPerImage, (index + 1) * pixelsPerImage);
    },
  };
}
