import { availableParallelism } from "node:os";
import { UserError } from "./error.ts";
import type { Agenda } from "./lab/agenda.ts";
import { createDisplay } from "./lab/display.ts";
import { formatCount } from "./lab/format.ts";
import { claimFolders, planGallery, threads } from "./lab/gallery-session.ts";
import { type Failures, openFailures, readFailures, recallLost } from "./lab/kept-failures.ts";
import type { RunProcess } from "./lab/make-run.ts";
import { makeRuns, type RunEvent } from "./lab/make-runs.ts";
import { defaultPatienceMs } from "./lab/module-process.ts";
import { publishStudies } from "./lab/publish-studies.ts";
import { runProcess } from "./lab/run-process.ts";
import { describeAgenda } from "./lab/site-index.ts";
import { readTrainOptions } from "./train-options.ts";

/** What a round says to the loop that started it. */
export type RoundWord =
  /** Keys of what is due; it waits for an order then. */
  | { type: "planned"; due: string[] }
  | { type: "published" }
  | { type: "status"; text: string }
  | { type: "mistake"; text: string };

/** "make" what is due; or finish, of what is being made, what is among the keys. */
export type RoundOrder = { type: "make" } | { type: "finish"; keys: string[] };

/** Results show on pages no more often than this while others are being made. */
const publishEveryMs = 1000;

const tell = (word: RoundWord): void => void process.send?.(word);

/** Runs that are not begun any more, or given up, once others are asked for. */
function createDropping() {
  const running = new Map<string, AbortController>();
  let isOver = false;
  const dropped = new Set<string>();
  const run: RunProcess = async (job, report, signal, patienceMs) => {
    const own = new AbortController();
    if (isOver) own.abort();
    running.set(job.key, own);
    const either = AbortSignal.any([signal, own.signal]);
    try {
      if (!isOver) {
        const end = await runProcess(job, report, either, patienceMs);
        if (!own.signal.aborted) return end;
      }
      dropped.add(job.key);
      return { state: "failed", reason: "not asked for any more", log: [] };
    } finally {
      running.delete(job.key);
    }
  };
  const finish = (keys: readonly string[]): void => {
    isOver = true;
    for (const [key, own] of running) if (!keys.includes(key)) own.abort();
  };
  return { run, finish, has: (key: string) => dropped.has(key) };
}

/** How far the runs are, in a line for pages. */
function createTally(count: number) {
  let ended = 0;
  const running = new Map<string, string>();
  return (event: RunEvent): string => {
    const { name, run } = event.run;
    if (event.type === "start") running.set(run.key, name);
    if (event.type === "progress") {
      const { step, steps } = event.progress;
      running.set(run.key, `${name} ${Math.floor((100 * step) / steps)} %`);
    }
    if (event.type === "end") {
      running.delete(run.key);
      ended++;
    }
    return [`${ended} of ${formatCount(count, "run")} made`, ...running.values()].join(", ");
  };
}

const listDue = ({ runs }: Agenda): string[] =>
  [...runs.values()].filter(({ due }) => due).map(({ run }) => run.key);

interface Round extends Awaited<ReturnType<typeof planGallery>> {
  options: ReturnType<typeof readTrainOptions>;
  /** Keys. */
  due: readonly string[];
  /** Puts what there is on the pages. */
  publish: () => Promise<void>;
}

/** Makes what is due, until it is asked to finish what is still wanted of that. */
async function makeDue(
  { options, agenda, store, due, publish }: Round,
  orders: AsyncIterator<RoundOrder>,
  signal: AbortSignal,
): Promise<void> {
  const dropping = createDropping();
  void orders.next().then(({ value }) => {
    const order = value as RoundOrder | undefined;
    if (order?.type === "finish") dropping.finish(order.keys);
  });
  const kept = openFailures(options.folders.results, options.profile);
  const failures: Failures = {
    ...kept,
    keep: async (key, failure) => (dropping.has(key) ? undefined : kept.keep(key, failure)),
  };
  const costs = new Map(
    due.map((key) => {
      const { task, params } = agenda.runs.get(key)!.run;
      return [key, task.needs(params).seconds];
    }),
  );
  const output = { write: (text: string) => process.stdout.write(text) };
  const display = createDisplay(costs, { output, now: () => performance.now() });
  const count = createTally(due.length);
  let publishing = Promise.resolve();
  let publishedMs = performance.now();
  const report = (event: RunEvent): void => {
    if (dropping.has(event.run.run.key)) return;
    display.show(event);
    tell({ type: "status", text: count(event) });
    if (event.type !== "end" || performance.now() - publishedMs < publishEveryMs) return;
    publishedMs = performance.now();
    publishing = publishing.then(publish);
    publishing.catch(() => {}); // it is told of when all is made
  };
  const { lost } = await makeRuns(agenda, {
    store,
    engine: { name: options.engine, threads },
    runProcess: dropping.run,
    patienceMs: options.patienceMs ?? defaultPatienceMs,
    jobs: options.jobs ?? availableParallelism(),
    force: false,
    failures,
    report,
    signal,
  }).finally(display.close);
  await publishing;
  await publish();
  await store.keepVerified();
  const failed = [...lost.keys()].filter((key) => !dropping.has(key)).length;
  tell({
    type: "status",
    text: failed > 0 ? `${formatCount(failed, "run")} without a result` : "",
  });
}

/** Plans, publishes what there is, and makes what is due as it is asked to. */
async function makeRound(orders: AsyncIterator<RoundOrder>, signal: AbortSignal): Promise<void> {
  const options = readTrainOptions(process.argv.slice(2), process.env, {});
  const { folders, profile } = options;
  const { agenda, store } = await planGallery(options);
  const due = listDue(agenda);
  tell({ type: "planned", due });
  await orders.next();
  await claimFolders(folders, agenda, profile, due.length);

  const publish = async (): Promise<void> => {
    const lost = recallLost(agenda, await readFailures(folders.results));
    const index = describeAgenda(agenda, lost, profile);
    await publishStudies(index, agenda.runs, store, folders.public);
    tell({ type: "published" });
  };
  await publish();
  if (due.length === 0) return tell({ type: "status", text: "" });
  await makeDue({ options, agenda, store, due, publish }, orders, signal);
}

/** Orders as they come, in their order. */
async function* listen(signal: AbortSignal): AsyncGenerator<RoundOrder> {
  const waiting: RoundOrder[] = [];
  let wake = (): void => {};
  process.on("message", (order: RoundOrder) => {
    waiting.push(order);
    wake();
  });
  while (!signal.aborted) {
    while (waiting.length > 0) yield waiting.shift()!;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  }
}

const ending = new AbortController();
process.once("disconnect", () => ending.abort(new UserError("the loop has ended")));
// Ctrl-C reaches every process of a terminal; the loop says when this one ends.
process.on("SIGINT", () => {});
try {
  await makeRound(listen(ending.signal), ending.signal);
} catch (error) {
  if (!ending.signal.aborted) {
    const text =
      error instanceof UserError ? [error.message, error.hint] : [(error as Error).stack];
    tell({ type: "mistake", text: text.filter(Boolean).join("\n") });
  }
} finally {
  process.disconnect?.();
}
