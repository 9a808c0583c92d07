/** The job table that Snakemake users know, as a dry run and the start of a run print it. */

/**
 * The table of jobs by rule, alphabetical, with the total; a second column for jobs that run only if their inputs come
 * out different, where there are any.
 */
export function jobTable(
  counts: ReadonlyMap<string, number>,
  onlyIf: ReadonlyMap<string, number> = new Map(),
): string {
  const names = [...new Set([...counts.keys(), ...onlyIf.keys()])].sort();
  const sum = (of: ReadonlyMap<string, number>) => [...of.values()].reduce((total, n) => total + n, 0);
  const columns = [
    ["job", ...names, "total"],
    ["count", ...names.map((name) => String(counts.get(name) ?? 0)), String(sum(counts))],
    ["only if", ...names.map((name) => String(onlyIf.get(name) ?? 0)), String(sum(onlyIf))],
  ].slice(0, onlyIf.size > 0 ? 3 : 2);
  const widths = columns.map((column) => Math.max(...column.map((text) => text.length)));
  const line = (texts: readonly string[]) =>
    texts.map((text, i) => (i === 0 ? text.padEnd(widths[i]!) : text.padStart(widths[i]!))).join("  ");
  const rows = columns[0]!.map((_, row) => line(columns.map((column) => column[row]!)));
  return [rows[0]!, line(widths.map((width) => "-".repeat(width))), ...rows.slice(1)].join("\n");
}

/** A command below the line of its job. */
export function indented(command: string): string {
  return command
    .split("\n")
    .map((line) => `    ${line}`)
    .join("\n");
}
