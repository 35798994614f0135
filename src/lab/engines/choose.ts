import { UserError } from "../../error.ts";
import { costOf, costOfPass } from "../cost.ts";
import type { TrainTask } from "../experiment.ts";
import { comparable, type ComparableEngine, type Measured, measured } from "./measured.ts";

/** Factor between two times from which on one is told to be faster, not equal. */
const noticeable = 1.05;

/** How unlike a measured case a task is: another kind of network counts most, then the optimizer. */
function distance({ model, training }: TrainTask, entry: Measured): number {
  const kind = model.kind === entry.model.kind ? 0 : 100;
  const optimizer = training.optimizer.kind === entry.optimizer ? 0 : 10;
  return kind + optimizer + Math.abs(Math.log(costOfPass(model) / costOfPass(entry.model)));
}

/** Estimated ms of all tasks: each costs per operation what the likest measured case does. */
function estimate(
  tasks: readonly TrainTask[],
  engine: ComparableEngine,
  table: readonly Measured[],
): number {
  return tasks.reduce((sum, task) => {
    const likest = table.reduce((a, b) => (distance(task, b) < distance(task, a) ? b : a));
    return sum + (costOf(task) * likest.msPerStep[engine]) / (3 * costOfPass(likest.model));
  }, 0);
}

/**
 * Picks the engine that takes least time for the tasks together; the first of `comparable` on a tie.
 * @param available those that run here.
 * @returns its name, and why in words, e.g. "3.9 times as fast as tensorflow by the measured table".
 * @throws UserError where none is available.
 */
export function chooseEngine(
  tasks: readonly TrainTask[],
  available: readonly string[],
  table: readonly Measured[] = measured,
): { name: ComparableEngine; reason: string } {
  const ranked = comparable
    .map((name) => ({ name, ms: estimate(tasks, name, table) }))
    .sort((a, b) => a.ms - b.ms);
  const chosen = ranked.find(({ name }) => available.includes(name));
  if (!chosen) {
    throw new UserError(`none of the engines ${comparable.join(", ")} runs here`, {
      hint: "--engine cpu is slow, but runs everywhere",
    });
  }
  const { name, ms } = chosen;
  const notes = ranked
    .filter((other) => other.name !== name)
    .map((other) => {
      const [slow, fast] = other.ms > ms ? [other.ms, ms] : [ms, other.ms];
      const ratio = `${(slow / fast).toFixed(1)} times`;
      const comparison = !(slow / fast >= noticeable)
        ? `as fast as ${other.name}`
        : other.ms > ms
          ? `${ratio} as fast as ${other.name}`
          : `${other.name} would be ${ratio} as fast`;
      const absence = available.includes(other.name) ? "" : `; ${other.name} does not run here`;
      return `${comparison} by the measured table${absence}`;
    });
  return { name, reason: notes.join("; ") };
}
