/** Decimal numbers as text: what a field may hold, and how the project writes one. */

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * The number of a field; NaN for an empty one, null for anything that is no finite decimal number. JavaScript's own
 * `Number` takes "0x10", "Infinity" and blanks too.
 */
export function parseNumber(text: string): number | null {
  if (text === "") return Number.NaN;
  if (!decimal.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/** A number with at most so many decimals, without zeros at the end; empty for NaN. */
export function formatNumber(value: number, decimals: number): string {
  if (Number.isNaN(value)) return "";
  const text = value.toFixed(decimals);
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}
