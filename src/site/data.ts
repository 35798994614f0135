interface Dataset {
  name: string;
  source: string;
}

const names: Record<string, string> = { mnist: "MNIST", "fashion-mnist": "Fashion-MNIST" };
const nameOf = ({ name }: Dataset): string => names[name] ?? name;

const join = (words: string[]): string =>
  words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;

const unique = (words: string[]): string[] => [...new Set(words)];

/** Which data the pages show, in one sentence, e.g. "Shows MNIST and Fashion-MNIST." */
export function describeData(datasets: readonly Dataset[]): string {
  const real = unique(datasets.filter(({ source }) => source !== "drawn").map(nameOf));
  const drawn = unique(datasets.filter(({ source }) => source === "drawn").map(nameOf));
  const parts = [
    real.length > 0 ? join(real) : "",
    drawn.length > 0 ? `pictures drawn by this project in place of ${join(drawn)}` : "",
  ].filter(Boolean);
  return parts.length > 0 ? `The pictures are ${join(parts)}.` : "No pictures from a data set.";
}

/** Why the results are not the full study's, or null where they are. */
export function describeStandIn(index: {
  profile: string;
  datasets: readonly Dataset[];
}): string | null {
  const reasons = [
    index.datasets.some(({ source }) => source === "drawn") ? describeData(index.datasets) : "",
    index.profile !== "default"
      ? `The networks were trained under the short profile “${index.profile}”.`
      : "",
  ].filter(Boolean);
  return reasons.length > 0
    ? `${reasons.join(" ")} What the text says of results may not hold here.`
    : null;
}
