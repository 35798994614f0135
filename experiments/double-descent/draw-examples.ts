import { type Random, split } from "#lab/random";
import type { Code } from "#lab/task";
import { shrink } from "./pictures.ts";
import { outputs, side } from "./sizes.ts";
import type { drawExamples } from "./tasks.ts";

/** The numbers below `count` in random order. Source: Fisher and Yates, as in Knuth, TAOCP 3.4.2. */
function shuffled(count: number, random: Random): number[] {
  const order = Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = Math.floor(random.uniform() * (i + 1));
    [order[i], order[j]] = [order[j]!, order[i]!];
  }
  return order;
}

/** Labels of which the first ones are wrong; each of the other classes is as likely. */
function mislabel(labels: Int32Array, wrong: number, random: Random): Int32Array {
  const shifts = Array.from(
    { length: wrong },
    () => 1 + Math.floor(random.uniform() * (outputs - 1)),
  );
  return labels.map((label, i) => (label + (shifts[i] ?? 0)) % outputs);
}

const run: Code<typeof drawExamples> = async ({ params, inputs: { pictures } }) => {
  const { train, test, noise, seed } = params;
  const available = pictures.labels.data.length;
  const order = shuffled(available, split(seed, "pictures")).slice(0, train + test);
  if (order.length < train + test) {
    throw new RangeError(`${train} + ${test} examples of ${available} pictures`);
  }
  const draw = (indices: number[]) => ({
    pictures: {
      data: shrink(pictures.pixels.data, indices),
      shape: [indices.length, side, side],
    },
    labels: Int32Array.from(indices, (i) => pictures.labels.data[i]!),
  });
  const [known, unseen] = [draw(order.slice(0, train)), draw(order.slice(train))];
  const taught = mislabel(known.labels, Math.round(noise * train), split(seed, "wrong labels"));
  return {
    examples: {
      train: known.pictures,
      taught: { data: taught, shape: [train] },
      test: unseen.pictures,
      truth: { data: unseen.labels, shape: [test] },
    },
  };
};

export default run;
