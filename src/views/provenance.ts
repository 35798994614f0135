import { results, resultsOf, type RunFiles } from "../results.ts";
import { formatCount, formatSeconds, formatSmall, optimizerLabel, plural } from "./words.ts";

export interface ProvenanceRow {
  /** Unique within the table, e.g. "cnn-depth/cnn-20". */
  id: string;
  /** First characters of the key; null where the run is missing. */
  key: string | null;
  files: RunFiles | null;
  hasArrays: boolean;
  seed: string;
  steps: string;
  loss: string;
  stoppedBy: string;
  /** Its training picture is not reproduced. */
  isUnconverged: boolean;
  engine: string;
  time: string;
  /** e.g. "mnist 1f3a52c" */
  data: string[];
}

const shortHash = (hash: string) => hash.slice(0, 7);

/** How each run of the experiments came about; a run that two of them share stands once. */
export function provenance(experimentIds: readonly string[]): ProvenanceRow[] {
  const seen = new Set<string>();
  return experimentIds.flatMap((id) =>
    results(id).rows.flatMap(({ name, status, converged, record, files }): ProvenanceRow[] => {
      if (record && seen.has(record.key)) return [];
      if (record) seen.add(record.key);
      const training = record?.task === "train" ? record.training : null;
      return [
        {
          id: `${id}/${name}`,
          key: record && shortHash(record.key),
          files,
          hasArrays: record !== null && "arrays.npz" in record.files,
          seed: String(record?.provenance.seed ?? "–"),
          steps: training ? formatCount(training.steps) : "–",
          loss: formatSmall(training?.loss ?? null),
          stoppedBy: training?.stoppedBy ?? (record ? "–" : status),
          isUnconverged: converged === false,
          engine: record?.provenance.engine ?? "–",
          time: record ? formatSeconds(record.provenance.seconds) : "–",
          data: (record?.provenance.datasets ?? []).map((d) => `${d.name} ${shortHash(d.sha256)}`),
        },
      ];
    }),
  );
}

export interface SourceLine {
  /** e.g. ["MNIST", "Fashion-MNIST", "1 seed", "up to 2,000 steps"] */
  facts: string[];
  runs: { label: string; href: string }[];
}

const dataNames: Record<string, string> = { mnist: "MNIST", "fashion-mnist": "Fashion-MNIST" };

function datasetFacts(experimentIds: readonly string[]): string[] {
  const used = experimentIds.flatMap((id) =>
    results(id).rows.flatMap(({ record }) => record?.provenance.datasets ?? []),
  );
  const names = used.map(({ name, source }) =>
    source === "drawn"
      ? `drawn stand-ins for ${dataNames[name] ?? name}`
      : (dataNames[name] ?? name),
  );
  return [...new Set(names)].sort((a, b) => b.localeCompare(a)); // MNIST before Fashion-MNIST
}

function trainingFacts(experimentIds: readonly string[]): string[] {
  const trains = experimentIds
    .filter((id) => results(id).rows.every(({ spec }) => spec.task === "train"))
    .flatMap((id) => resultsOf("train", id).rows)
    .flatMap(({ spec, record }) => (record ? [spec] : []));
  const trained = trains.filter(({ training }) => training.steps > 0);
  if (trained.length === 0) return [];
  const seeds = new Set(trains.map(({ seed }) => seed)).size;
  const steps = Math.max(...trained.map(({ training }) => training.steps));
  const optimizers = new Set(trained.map(({ training }) => optimizerLabel(training.optimizer)));
  return [plural(seeds, "seed"), `at most ${plural(steps, "step")}`, ...optimizers];
}

/** What a figure rests on, in a few words, with a link to every run. */
export function sourceLine(experimentIds: readonly string[]): SourceLine {
  const runs = experimentIds.flatMap((id) =>
    results(id).rows.flatMap(({ name, files }) =>
      files ? [{ label: name, href: files.run }] : [],
    ),
  );
  return { facts: [...datasetFacts(experimentIds), ...trainingFacts(experimentIds)], runs };
}
