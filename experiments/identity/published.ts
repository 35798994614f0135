/** Mean correlations of one row of a published figure, over its twelve test columns. */
export interface PublishedMean {
  /** Coordinate of the network that repeats the row. */
  network: string;
  /** Pearson correlation of output and input. */
  rInput: number;
  /** Pearson correlation of output and training picture. */
  rTrain: number;
}

const row = (network: string, rInput: number, rTrain: number): PublishedMean => ({
  network,
  rInput,
  rTrain,
});

/**
 * Row means of figures 2 and 3 of Zhang et al., "Identity Crisis" (ICLR 2020), by the table that
 * repeats them.
 * Measured by us from the pixels of the published pictures, on displayed, clipped grey values;
 * uncertain by ±0.01–0.02, and not the paper's own metric.
 */
export const published: Readonly<Record<string, readonly PublishedMean[]>> = {
  "fcn-depth": [
    row("network=1-layer-linear", 0.09, 0.09),
    row("network=2-layers-linear", 0.13, 0.24),
    row("network=2-layers-relu", 0.19, 0.64),
    row("network=6-layers-linear", 0.23, 0.48),
    row("network=6-layers-relu", 0.22, 0.98),
  ],
  "cnn-depth": [
    row("layers=1", 0.99, 0.19),
    row("layers=3", 0.94, 0.2),
    row("layers=5", 0.92, 0.2),
    row("layers=7", 0.82, 0.17),
    row("layers=9", 0.71, 0.18),
    row("layers=11", 0.63, 0.13),
    row("layers=12", 0.66, 0.14),
    row("layers=14", 0.5, 0.1),
    row("layers=15", 0.39, 0.23),
    row("layers=16", 0.38, 0.26),
    row("layers=18", 0.2, 0.41),
    row("layers=19", 0.26, 0.52),
    row("layers=20", 0.2, 0.98),
  ],
};
