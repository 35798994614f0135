import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openEngine } from "../src/lab/engines/engine.ts";
import { formatTable } from "../src/lab/format.ts";
import type { Case } from "./cases.ts";
import { prepare } from "./workload.ts";

interface ProfiledSession {
  loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
  endProfiling(): void;
}

interface Binding {
  InferenceSession: new () => ProfiledSession;
}

/** An event of ONNX Runtime's profile; `dur` in microseconds. */
interface ProfileEvent {
  cat: string;
  name: string;
  dur: number;
  args?: { op_name?: string; output_type_shape?: Record<string, number[]>[] };
}

const steps = 10;

/** Makes sessions write their profiles into a folder, until `end` is called. */
function profileSessions(folder: string): { end: () => void } {
  const { binding } = createRequire(import.meta.url)("onnxruntime-node/dist/binding.js") as {
    binding: Binding;
  };
  const plain = binding.InferenceSession;
  const sessions: ProfiledSession[] = [];
  binding.InferenceSession = class extends plain {
    override loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object) {
      const profiling = { enableProfiling: true, profileFilePrefix: join(folder, "profile") };
      super.loadModel(buffer, offset, length, { ...options, ...profiling });
      sessions.push(this);
    }
  };
  return {
    end: () => {
      binding.InferenceSession = plain;
      for (const session of sessions) session.endProfiling();
    },
  };
}

const shapeOf = ({ args }: ProfileEvent): string =>
  Object.values(args?.output_type_shape?.[0] ?? {})[0]?.join(" × ") || "scalar";

/** Sums of time by key, largest first: [key, events, µs]. */
function group(
  events: readonly ProfileEvent[],
  keyOf: (event: ProfileEvent) => string,
): [string, number, number][] {
  const groups = new Map<string, [string, number, number]>();
  for (const event of events) {
    const key = keyOf(event);
    const entry = groups.get(key) ?? [key, 0, 0];
    entry[1] += 1;
    entry[2] += event.dur;
    groups.set(key, entry);
  }
  return [...groups.values()].sort((a, b) => b[2] - a[2]);
}

/**
 * Where the onnx engine's time goes: a table by operator, and one by operator and shape of what it
 * makes. The profiler itself costs a few microseconds per node.
 */
export async function profile(measured: Case, threads: number): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), "bench-profile-"));
  try {
    const profiling = profileSessions(folder);
    // The engine first: it brings the backend that weights are made on.
    const engine = await openEngine("onnx", { threads });
    const workload = prepare(measured)(engine);
    workload(steps);
    profiling.end();
    const events = readdirSync(folder).flatMap(
      (file) => JSON.parse(readFileSync(join(folder, file), "utf8")) as ProfileEvent[],
    );
    const kernels = events.filter(
      ({ cat, name, args }) =>
        cat === "Node" && name.endsWith("_kernel_time") && args?.op_name !== "Loop",
    );
    const total = kernels.reduce((sum, { dur }) => sum + dur, 0);
    const rows = (groups: [string, number, number][]): string[][] =>
      groups.map(([key, count, us]) => [
        `  ${key}`,
        (count / steps).toFixed(1),
        (us / steps / 1000).toFixed(3),
        `${((100 * us) / total).toFixed(1)} %`,
      ]);
    return formatTable(
      [
        [`${measured.name}, ${threads} thread(s)`, "× a step", "ms a step", "share"],
        ["  all", "", (total / steps / 1000).toFixed(3), ""],
        ["by operator", "", "", ""],
        ...rows(group(kernels, ({ args }) => args!.op_name!)),
        ["by operator and result", "", "", ""],
        ...rows(
          group(kernels, (event) => `${event.args!.op_name} → ${shapeOf(event)}`).slice(0, 24),
        ),
      ],
      "lrrr",
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
