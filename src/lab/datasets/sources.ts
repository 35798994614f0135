import type { DatasetName, PartName } from "./names.ts";

interface SourceFile {
  name: string;
  /** Of the file as downloaded, lower-case hexadecimal. */
  sha256: string;
  /** Of the file as downloaded. */
  bytes: number;
}

export interface DatasetSource {
  /** Addresses that a file name is appended to, the first tried first. */
  mirrors: string[];
  images: SourceFile;
  labels: SourceFile;
}

const images = "t10k-images-idx3-ubyte.gz";
const labels = "t10k-labels-idx1-ubyte.gz";

/** The official test sets: 10,000 pictures of 28×28 pixels each, in ten classes. */
export const sources: Record<DatasetName, DatasetSource> = {
  mnist: {
    mirrors: [
      "https://ossci-datasets.s3.amazonaws.com/mnist/",
      "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ],
    images: {
      name: images,
      sha256: "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6",
      bytes: 1_648_877,
    },
    labels: {
      name: labels,
      sha256: "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6",
      bytes: 4542,
    },
  },
  "fashion-mnist": {
    mirrors: [
      "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
      "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    ],
    images: {
      name: images,
      sha256: "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
      bytes: 4_422_102,
    },
    labels: {
      name: labels,
      sha256: "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
      bytes: 5148,
    },
  },
};

const trainImages = "train-images-idx3-ubyte.gz";
const trainLabels = "train-labels-idx1-ubyte.gz";

/** The official files of both parts: 60,000 pictures to train on and 10,000 to test with. */
export const partSources: Record<DatasetName, Record<PartName, DatasetSource>> = {
  mnist: {
    test: sources.mnist,
    train: {
      mirrors: sources.mnist.mirrors,
      images: {
        name: trainImages,
        sha256: "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609",
        bytes: 9_912_422,
      },
      labels: {
        name: trainLabels,
        sha256: "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c",
        bytes: 28_881,
      },
    },
  },
  "fashion-mnist": {
    test: sources["fashion-mnist"],
    train: {
      mirrors: sources["fashion-mnist"].mirrors,
      images: {
        name: trainImages,
        sha256: "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
        bytes: 26_421_880,
      },
      labels: {
        name: trainLabels,
        sha256: "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
        bytes: 29_515,
      },
    },
  },
};
