/** Data sets in the order of lists and reports. */
export const datasetNames = ["mnist", "fashion-mnist"] as const;
export type DatasetName = (typeof datasetNames)[number];

export type PartName = "train" | "test";

/** Of data sets: for people, of their classes, and what a picture of a class is called. */
export const datasetWords: Record<
  DatasetName,
  { title: string; classes: readonly string[]; picture: (className: string) => string }
> = {
  mnist: {
    title: "MNIST",
    classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
    picture: (className) => `digit ${className}`,
  },
  "fashion-mnist": {
    title: "Fashion-MNIST",
    classes: [
      "T-shirt",
      "trousers",
      "pullover",
      "dress",
      "coat",
      "sandal",
      "shirt",
      "sneaker",
      "bag",
      "ankle boot",
    ],
    picture: (className) => className,
  },
};
