import { totalmem } from "node:os";
import { UserError } from "../../error.ts";
import { countParameters, type Network } from "./network.ts";

const bytesPerWeight = 4;

/** e.g. "24 GB" */
function formatSize(bytes: number): string {
  const units = ["GB", "TB", "PB", "EB"];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(bytes) / 3) - 3));
  return `${Number((bytes / 1e9 / 1e3 ** power).toPrecision(2)).toLocaleString("en")} ${units[power]}`;
}

/**
 * Training holds a network's weights and as much again of gradients.
 * @param memoryBytes of the machine, or of what it lets this process have.
 * @throws UserError telling the size of a network that cannot be trained here.
 */
export function checkSize(
  network: Pick<Network, "shapes">,
  memoryBytes = Math.min(totalmem(), process.constrainedMemory() || Infinity),
): void {
  const bytes = countParameters(network).total * bytesPerWeight;
  if (2 * bytes <= memoryBytes) return;
  const count = network.shapes.length;
  throw new UserError(
    `the network's ${count.toLocaleString("en")} layer${count === 1 ? "" : "s"} are ${formatSize(bytes)} ` +
      `of weights, and training holds as much of gradients; this machine has ${formatSize(memoryBytes)}`,
    { hint: "declare fewer or narrower layers" },
  );
}
