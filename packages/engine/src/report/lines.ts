/**
 * Parts that several reports share: shortened errors, the job table, the progress of a rule, names on one line.
 */
import { count, rate } from "../quantities.ts";
import type { RuleProgress } from "./progress.ts";

/** The most characters of a line to show; a body may throw a whole table as one line. */
const widest = 300;

/** The first `most` lines, shortened, without empty lines and the engine's own stack frames. */
export function errorLines(error: string, most: number): string[] {
  return error
    .split("\n")
    .filter((line) => !/^\s+at .*(\/(packages|@braid)\/engine\/(src|dist|bin)\/|node:internal)/.test(line))
    .filter((line) => line.trim() !== "")
    .slice(0, most)
    .map((line) => (line.length > widest ? `${line.slice(0, widest - 1)}…` : line));
}

/** The word for a failure; a failure of an optional job does not fail the run. */
export function failedWord({ optional }: { readonly optional?: true }): string {
  return optional ? "Failed (optional)" : "Failed";
}

export function oneLine(text: string): string {
  return text.replace(/\p{Cc}/gu, (found) => named[found] ?? `\\x${hex(found)}`);
}

const named: Readonly<Record<string, string>> = { "\n": "\\n", "\t": "\\t", "\r": "\\r" };

function hex(found: string): string {
  return found.charCodeAt(0).toString(16).padStart(2, "0");
}

/** The message about removed files that no job needs. */
export function removedText(files: number, one: string): string {
  const what =
    files === 1
      ? `${one} was removed, but no job`
      : `${count(files, "file")} such as ${one} were removed, but no job`;
  return `${what} that will run needs ${files === 1 ? "it" : "them"}. To make a file again, name its path as a target.`;
}

/**
 * The table of jobs by rule, alphabetical, with the total, and with a second column if some jobs run only if their inputs
 * change.
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

const barWidth = 20;

/** The lines of several rules, with aligned columns. */
export function ruleLines(rules: readonly RuleProgress[]): string[] {
  const names = Math.max(0, ...rules.map((rule) => rule.rule.length));
  const counts = Math.max(0, ...rules.map((rule) => String(rule.total).length));
  return rules.map((rule) => {
    const { total, done, failed, running, pace } = rule;
    const share = Math.floor((barWidth * Math.min(done, total)) / Math.max(total, 1));
    const bar = `${"█".repeat(share)}${"░".repeat(barWidth - share)}`;
    const numbers = `${String(done).padStart(counts)}/${String(total).padEnd(counts)}`;
    const more = [
      running > 0 ? `${running} running` : "",
      failed > 0 ? `${failed} failed` : "",
      done > 0 && total > 1 ? rate(pace) : "",
    ];
    return `${rule.rule.padEnd(names)}  ${bar}  ${numbers}  ${more.filter((text) => text !== "").join("  ")}`.trimEnd();
  });
}
