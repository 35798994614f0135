import { fileURLToPath } from "node:url";
import { type Agenda, type AgendaOptions, makeAgenda } from "../../src/lab/agenda.ts";
import { loadCode } from "../../src/lab/bundle.ts";
import { schemaVersion } from "../../src/lab/graph.ts";
import { openFailures } from "../../src/lab/kept-failures.ts";
import { makeRuns, type RunEvent } from "../../src/lab/make-runs.ts";
import type { DataOptions } from "../../src/lab/datasets/origin.ts";
import { createDataReader } from "../../src/lab/read-data.ts";
import type { StudyRecord } from "../../src/lab/run-record.ts";
import { runProcess } from "../../src/lab/run-process.ts";
import { openStore } from "../../src/lab/store/store.ts";
import { loadStudies, type NamedStudy } from "../../src/lab/studies.ts";

export interface PlanOptions extends Partial<AgendaOptions> {
  data?: DataOptions;
}

export interface MakeOptions extends PlanOptions {
  patienceMs?: number;
  signal?: AbortSignal;
  /** Told of every event besides. */
  report?: (event: RunEvent) => void;
}

/** The folder of studies of a small gallery. */
export const experimentsOf = (gallery: string): string =>
  fileURLToPath(new URL(`${gallery}/experiments`, import.meta.url));

/** What is to be made of studies, or of those of a folder, given a store. */
export async function planStudies(
  experiments: string | readonly NamedStudy[],
  results: string,
  { data = {}, only = [], force = false }: PlanOptions = {},
): Promise<Agenda> {
  return makeAgenda(
    typeof experiments === "string" ? await loadStudies(experiments, "default") : experiments,
    { only, force },
    {
      engine: { id: "test" },
      load: loadCode,
      read: createDataReader(data),
      store: await openStore<StudyRecord>(results, schemaVersion),
    },
  );
}

/** Plans and makes the runs of studies, or of those of a folder, with real processes. */
export async function makeStudies(
  experiments: string | readonly NamedStudy[],
  results: string,
  options: MakeOptions = {},
) {
  const { patienceMs = 60_000, signal = new AbortController().signal, report } = options;
  const agenda = await planStudies(experiments, results, options);
  const store = await openStore<StudyRecord>(results, schemaVersion);
  const events: RunEvent[] = [];
  const { made, lost } = await makeRuns(agenda, {
    store,
    engine: { name: "onnx", threads: 1 },
    runProcess,
    patienceMs,
    jobs: 2,
    force: options.force ?? false,
    failures: openFailures(results, "default"),
    report: (event) => {
      events.push(event);
      report?.(event);
    },
    signal,
  });
  const keys = new Map([...agenda.runs.values()].map(({ name, run }) => [name, run.key]));
  return {
    agenda,
    store,
    events,
    lost,
    /** Names of the runs that were made, in the order of their ends. */
    madeNames: events.flatMap((event) => (event.type === "end" ? [event.run.name] : [])),
    madeCount: made.size,
    /** By name; undefined where there is no result. */
    record: (name: string) => agenda.runs.get(keys.get(name) ?? "")?.record ?? undefined,
  };
}
