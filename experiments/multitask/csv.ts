/** Writing CSV: one field, quoted where it must be, and numbers that read back. */

/** A field: null is empty, a number is its shortest text, text is quoted where it has a comma, quote or line end. */
export function field(value: string | number | null): string {
  if (value === null) return "";
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A line with its line end. */
export function line(values: readonly (string | number | null)[]): string {
  return `${values.map(field).join(",")}\n`;
}

/** A float32 value in as few digits as tell it from its neighbours in practice: 7 significant ones. */
export function compact(value: number): string {
  return String(Number(value.toPrecision(7)));
}
