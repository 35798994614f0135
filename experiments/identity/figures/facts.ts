import { plural } from "#site/numbers";
import { type RowView, results } from "#site/results";

interface Training {
  steps: number;
  seed: number;
  optimizer: { kind: string; cap?: number; learningRate?: number; momentum?: number };
}

type Read = { description: string } | { run: string } | readonly Read[];

const descriptions = (read: Read): string[] => {
  if (Array.isArray(read)) return (read as readonly Read[]).flatMap(descriptions);
  return "description" in read ? [read.description] : [];
};

/** What data a row read, e.g. "MNIST, test part, downloaded". */
const dataOf = ({ record }: RowView): string[] =>
  Object.values(record?.inputs ?? {}).flatMap((read) => descriptions(read as Read));

const trainingOf = ({ record }: RowView): Training[] => {
  const { network } = (record?.params ?? {}) as { network?: Training };
  return network ? [network] : [];
};

/** e.g. "normalised gradient descent, cap 0.05" */
function nameOptimizer({ kind, cap, learningRate, momentum }: Training["optimizer"]): string {
  switch (kind) {
    case "ngd":
      return `normalised gradient descent, cap ${cap}`;
    case "momentum":
      return `gradient descent, rate ${learningRate}, momentum ${momentum}`;
    case "sgd":
      return `gradient descent, rate ${learningRate}`;
    default:
      return `${kind}, rate ${learningRate}`;
  }
}

/** What the networks of some tables were made with, in a few words each. */
export function factsOf(tables: readonly string[]): string[] {
  const rows = tables.flatMap((table) => results("identity", table));
  const data = [...new Set(rows.flatMap(dataOf).map((text) => text.split(",")[0]!))];
  const networks = rows.flatMap(trainingOf);
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

/** Names of pictures that took the place of published ones, over some tables. */
export const substitutesOf = (tables: readonly string[]): string[] => [
  ...new Set(
    tables
      .flatMap((table) => results("identity", table))
      .flatMap(({ out }) => (out["substitutes"]?.value ?? []) as string[]),
  ),
];

/** Whether a table has a result from which to tell. */
export const isKnown = (tables: readonly string[]): boolean =>
  tables.flatMap((table) => results("identity", table)).some(({ out }) => out["substitutes"]);
