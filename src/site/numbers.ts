export { formatBytes, formatDuration } from "../lab/format.ts";

/** e.g. "0.912", "78,694,400", "3.1 × 10⁻⁵" as HTML-free text; "–" without a number. @param digits significant */
export function formatNumber(value: number | null | undefined, digits = 3): string {
  if (value == null) return "–";
  if (!Number.isFinite(value)) return String(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e15)
    return withMinus(value.toLocaleString("en"));
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e7) return formatPower(value, digits);
  const decimals = Math.max(0, digits - 1 - Math.floor(Math.log10(size)));
  return withMinus(
    value.toLocaleString("en", {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
    }),
  );
}

/** With all the digits it was written with, e.g. "0.9", "1 × 10⁻⁶": for settings, which are exact. */
export function formatExact(value: number): string {
  const digits = [1, 2, 3, 4, 5, 6, 7, 8].find((n) => Number(value.toPrecision(n)) === value);
  return formatNumber(value, digits ?? 9);
}

/** With as many digits after the point as are asked for, e.g. "0.90", "−1.50", "0.00". */
export function formatFixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

const withMinus = (text: string): string => text.replaceAll("-", "−");

const superscripts = "⁰¹²³⁴⁵⁶⁷⁸⁹";

const raise = (exponent: number): string =>
  (exponent < 0 ? "⁻" : "") +
  [...String(Math.abs(exponent))].map((digit) => superscripts[Number(digit)]).join("");

/** e.g. "3.1 × 10⁻⁵" */
function formatPower(value: number, digits: number): string {
  const [mantissa = "", exponent = "0"] = value.toExponential(digits - 1).split("e");
  return `${withMinus(mantissa)} × 10${raise(Number(exponent))}`;
}

/** For ticks: e.g. "10⁻³" for powers of ten far from 1, else the plain number. */
export function formatTick(value: number): string {
  const exponent = Math.log10(Math.abs(value));
  if (value !== 0 && Number.isInteger(exponent) && (exponent <= -3 || exponent >= 6)) {
    return `${value < 0 ? "−" : ""}10${raise(exponent)}`;
  }
  const size = Math.abs(value);
  if (value !== 0 && (size < 1e-3 || size >= 1e7))
    return formatPower(value, 2).replace(/\.0 /, " ");
  return withMinus(value.toLocaleString("en", { maximumSignificantDigits: 4 }));
}

/** e.g. "accuracy", "size (kB)" */
export const formatLabel = ({ label, unit }: { label: string; unit: string | null }): string =>
  unit ? `${label} (${unit})` : label;

/** e.g. "1 run", "6 runs" */
export const plural = (count: number, noun: string): string =>
  `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
