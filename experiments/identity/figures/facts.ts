import { plural } from "#site/numbers";
import { results } from "#site/results";
import { inputsOf } from "#site/run-facts";
import type { NetworkRow, NetworkTable } from "./runs.ts";

type Training = NonNullable<NetworkRow["record"]>["params"]["network"];

/** What data a row read, e.g. "MNIST, test part, downloaded". */
const dataOf = (row: NetworkRow): string[] =>
  inputsOf(row).flatMap((input) => ("data" in input ? [input.data] : []));

/** e.g. "normalised gradient descent, cap 0.05" */
function nameOptimizer(optimizer: Training["optimizer"]): string {
  switch (optimizer.kind) {
    case "ngd":
      return `normalised gradient descent, cap ${optimizer.cap}`;
    case "momentum":
      return `gradient descent, rate ${optimizer.learningRate}, momentum ${optimizer.momentum}`;
    case "sgd":
      return `gradient descent, rate ${optimizer.learningRate}`;
    default:
      return `${optimizer.kind}, rate ${optimizer.learningRate}`;
  }
}

/** What the networks of some tables were made with, in a few words each. */
export function factsOf(tables: readonly NetworkTable[]): string[] {
  const rows = tables.flatMap((table) => results("identity", table));
  const data = [...new Set(rows.flatMap(dataOf).map((text) => text.split(",")[0]!))];
  const networks = rows.flatMap(({ record }) => record?.params.network ?? []);
  const trained = networks.filter(({ steps }) => steps > 0);
  if (trained.length === 0) return data;
  const seeds = new Set(networks.map(({ seed }) => seed)).size;
  const steps = Math.max(...trained.map(({ steps }) => steps));
  const optimizers = new Set(trained.map(({ optimizer }) => nameOptimizer(optimizer)));
  return [
    ...data.sort((a, b) => Number(a.includes("Fashion")) - Number(b.includes("Fashion"))),
    plural(seeds, "seed"),
    `at most ${plural(steps, "step")}`,
    ...optimizers,
  ];
}

/** Names of pictures that took the place of published ones, over some tables; blends of them are left out. */
export const substitutesOf = (tables: readonly NetworkTable[]): string[] => {
  const rows = tables.flatMap((table) => results("identity", table));
  const names = rows.flatMap(({ out }) => out.substitutes?.value ?? []);
  return [...new Set(names)].filter((name) => !name.startsWith("blend"));
};

/** Whether a table has a result from which to tell. */
export const isKnown = (tables: readonly NetworkTable[]): boolean =>
  tables.flatMap((table) => results("identity", table)).some(({ out }) => out.substitutes);
