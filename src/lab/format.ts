/** e.g. "0.4 s", "12 s", "4 min 12 s", "1 h 03 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  if (minutes === 0) return `${whole} s`;
  if (minutes < 60) return `${minutes} min ${String(whole % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

/** e.g. "812 B", "412 kB", "3.1 MB". */
export function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const [value, unit] = bytes < 999_500 ? [bytes / 1e3, "kB"] : [bytes / 1e6, "MB"];
  return `${value < 9.95 ? value.toFixed(1) : value.toFixed(0)} ${unit}`;
}

/** Three significant digits, e.g. "0.0312", "8.51e-5"; "–" without a value. */
export function formatLoss(loss: number | null): string {
  if (loss === null) return "–";
  if (!Number.isFinite(loss)) return String(loss);
  return loss !== 0 && Math.abs(loss) < 1e-3 ? loss.toExponential(2) : loss.toPrecision(3);
}

/** e.g. "1 run", "19 runs". */
export const formatCount = (count: number, noun: string): string =>
  `${count} ${noun}${count === 1 ? "" : "s"}`;

/** A bar of block elements, full for 1. */
export function formatBar(fraction: number, width: number): string {
  const eighths = Math.round(Math.max(0, Math.min(1, fraction)) * width * 8);
  const full = "█".repeat(Math.floor(eighths / 8));
  const part = eighths % 8 === 0 ? "" : "▏▎▍▌▋▊▉"[(eighths % 8) - 1]!;
  return (full + part).padEnd(width, "·");
}

/**
 * Rows of text in aligned columns, two spaces apart.
 * @param alignment one letter per column: "l" or "r".
 */
export function formatTable(rows: readonly (readonly string[])[], alignment: string): string[] {
  const widths = [...alignment].map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, i) =>
        alignment[i] === "r" ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
      )
      .join("  ")
      .trimEnd(),
  );
}

/** Seconds by part, e.g. "plan 0.8 s, make 12 s, pages 3.1 s". */
export const formatTimes = (times: Readonly<Record<string, number>>): string =>
  Object.entries(times)
    .map(([part, seconds]) => `${part} ${formatDuration(seconds)}`)
    .join(", ");
