import { fastest, ratioOf, type Row } from "./row.ts";

/** What this project wants of its engine, beside what was found. */
export interface Goal {
  /** e.g. "cnn-20/adam, one process ÷ PyTorch's". */
  goal: string;
  found: number;
  limit: number;
  met: boolean;
}

const isPytorch = ({ engine }: Row): boolean => engine.startsWith("pytorch");
const isOnnx = ({ engine }: Row): boolean => engine === "onnx";

/** The engine's best of the rows ÷ PyTorch's best of them, by rounds; none without both. */
function compare(goal: string, rows: readonly Row[], limit: number): Goal[] {
  const ours = fastest(rows.filter(isOnnx));
  const theirs = fastest(rows.filter(isPytorch));
  if (!ours || !theirs) return [];
  const found = ratioOf(ours.timesMs, theirs.timesMs);
  return [{ goal, found, limit, met: found <= limit }];
}

/** Megabytes that one process may take for the deepest network. */
const memoryLimit = 500;

/** Every goal that the rows say something about. */
export function judge(rows: readonly Row[]): Goal[] {
  const names = [...new Set(rows.map((row) => row.case))];
  return names.flatMap((name) => {
    const own = rows.filter((row) => row.case === name);
    const single = own.filter(({ processes }) => processes === 1);
    const several = own.filter(({ processes }) => processes > 1);
    if (name.startsWith("fcn-")) return compare(`${name}, one process ÷ PyTorch's`, single, 1);
    if (!name.startsWith("cnn-") || name.endsWith("/inference")) return [];
    const sizes = own.filter(isOnnx).flatMap(({ rssMb }) => rssMb ?? []);
    const found = Math.max(...sizes);
    const memory =
      name.startsWith("cnn-20/") && sizes.length > 0
        ? [
            {
              goal: `${name}, MB per process`,
              found,
              limit: memoryLimit,
              met: found <= memoryLimit,
            },
          ]
        : [];
    return [
      ...compare(`${name}, one process ÷ PyTorch's`, single, 0.45),
      ...compare(`${name}, a process per core ÷ PyTorch's`, several, 0.5),
      ...memory,
    ];
  });
}
