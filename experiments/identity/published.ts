/** Mean correlations of one row of a published figure, over its twelve test columns. */
export interface PublishedMean {
  /** Of the row in our table that repeats it: the slug of its coordinate. */
  at: string;
  /** As the figure names it. */
  label: string;
  /** Pearson correlation of output and input. */
  rInput: number;
  /** Pearson correlation of output and training picture. */
  rTrain: number;
}

const row = (at: string, label: string, rInput: number, rTrain: number): PublishedMean => ({
  at,
  label,
  rInput,
  rTrain,
});

const cnn = (layers: number, rInput: number, rTrain: number): PublishedMean =>
  row(`${layers}`, `CNN ${layers}-layer`, rInput, rTrain);

const fcns = [
  row("1-layer-linear", "1-layer linear", 0.052, 0.065),
  row("2-layers-linear", "2-layer linear", 0.083, 0.198),
  row("2-layers-relu", "2-layer ReLU", 0.147, 0.554),
  row("6-layers-linear", "6-layer linear", 0.171, 0.485),
  row("6-layers-relu", "6-layer ReLU", 0.198, 0.99),
];

const cnns = [
  cnn(1, 0.999, 0.175),
  cnn(3, 0.948, 0.192),
  cnn(5, 0.91, 0.205),
  cnn(7, 0.771, 0.187),
  cnn(9, 0.631, 0.192),
  cnn(11, 0.562, 0.137),
  cnn(12, 0.592, 0.15),
  cnn(14, 0.446, 0.102),
  cnn(15, 0.375, 0.22),
  cnn(16, 0.348, 0.258),
  cnn(18, 0.198, 0.395),
  cnn(19, 0.244, 0.518),
  cnn(20, 0.181, 0.978),
];

/**
 * Row means of figures 2 and 3 of Zhang et al., "Identity Crisis" (ICLR 2020), by the table
 * that repeats them.
 * Measured by us from the pixels of the published pictures, on displayed, clipped grey values, after
 * the blur by which they were enlarged had been undone; uncertain by ±0.01–0.02, and not the paper's
 * own metric.
 */
export const published: Readonly<Record<string, readonly PublishedMean[]>> = {
  "fcn-depth": fcns,
  "fcn-grey": fcns,
  "cnn-depth": cnns,
};

/**
 * Of the row of one fully connected layer, its twelve tests: the shares of pixels that are darker than
 * some greys. Measured by us in the picture as it was enlarged, and blurred by that.
 */
export const oneLayerShares: readonly { below: number; share: number }[] = [
  { below: 0.2, share: 0.59 },
  { below: 0.4, share: 0.71 },
  { below: 0.6, share: 0.8 },
  { below: 0.8, share: 0.88 },
];
