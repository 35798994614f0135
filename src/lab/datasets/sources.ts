import type { Checksum } from "./download.ts";

export type DatasetName = "mnist" | "fashion-mnist";

interface SourceFile {
  name: string;
  checksum: Checksum;
}

export interface DatasetSource {
  mirrors: string[];
  images: SourceFile;
  labels: SourceFile;
}

const images = "t10k-images-idx3-ubyte.gz";
const labels = "t10k-labels-idx1-ubyte.gz";

/** The test sets: 10,000 pictures each, 28 × 28, in ten classes. */
export const sources: Record<DatasetName, DatasetSource> = {
  mnist: {
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    images: {
      name: images,
      checksum: {
        algorithm: "sha256",
        hex: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      },
    },
    labels: {
      name: labels,
      checksum: {
        algorithm: "sha256",
        hex: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      },
    },
  },
  "fashion-mnist": {
    mirrors: [
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ],
    images: {
      name: images,
      checksum: { algorithm: "md5", hex: "bef4ecab320f06d8554ea6380940ec79" },
    },
    labels: {
      name: labels,
      checksum: { algorithm: "md5", hex: "bb300cfdad3c16e7a12a480ee83cd310" },
    },
  },
};
