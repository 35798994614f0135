/** Pixels of a square of the original that become one. */
export const factor = 4;

/** Pixels of a side. */
export const side = 28 / factor;

export const inputs = side * side;

/** One for each digit. */
export const outputs = 10;

/** Of a network with one hidden layer, weights and biases. */
export const networkParameters = (width: number): number =>
  (inputs + 1) * width + (width + 1) * outputs;

/**
 * How many parameters there are for each number that is to be fitted; from 1 on there are enough
 * to fit all of them.
 */
export const ratioOf = (parameters: number, examples: number): number =>
  parameters / (examples * outputs);
