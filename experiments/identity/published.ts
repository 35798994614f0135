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

/**
 * Row means of figures 2 and 3 of Zhang et al., "Identity Crisis" (ICLR 2020), by the table
 * that repeats them.
 * Measured by us from the pixels of the published pictures, on displayed, clipped grey values;
 * uncertain by ±0.01–0.02, and not the paper's own metric. Of the convolutional rows, r identity
 * leaves the thin stripes out: with all twelve columns it is 0.01–0.06 lower from five layers on.
 */
export const published: Readonly<Record<string, readonly PublishedMean[]>> = {
  "fcn-depth": [
    row("1-layer-linear", "1-layer linear", 0.09, 0.09),
    row("2-layers-linear", "2-layer linear", 0.13, 0.24),
    row("2-layers-relu", "2-layer ReLU", 0.19, 0.64),
    row("6-layers-linear", "6-layer linear", 0.23, 0.48),
    row("6-layers-relu", "6-layer ReLU", 0.22, 0.98),
  ],
  "cnn-depth": [
    cnn(1, 0.99, 0.19),
    cnn(3, 0.94, 0.2),
    cnn(5, 0.92, 0.2),
    cnn(7, 0.82, 0.17),
    cnn(9, 0.71, 0.18),
    cnn(11, 0.63, 0.13),
    cnn(12, 0.66, 0.14),
    cnn(14, 0.5, 0.1),
    cnn(15, 0.39, 0.23),
    cnn(16, 0.38, 0.26),
    cnn(18, 0.2, 0.41),
    cnn(19, 0.26, 0.52),
    cnn(20, 0.2, 0.98),
  ],
};
