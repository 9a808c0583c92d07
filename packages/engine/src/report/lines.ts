/**
 * Parts that several reports share: shortened errors, the job table, the progress of a rule, names on one line, colours.
 */
import { styleText } from "node:util";
import { withoutOwnFrames } from "../errors.ts";
import { count, rate } from "../quantities.ts";
import type { RuleProgress } from "./progress.ts";

/** The most characters of a line to show; a body may throw a whole table as one line. */
const widest = 300;

/** The first `most` lines, shortened, without empty lines and the engine's own stack frames. */
export function errorLines(error: string, most: number): string[] {
  return withoutOwnFrames(error)
    .split("\n")
    .filter((line) => line.trim() !== "")
    .slice(0, most)
    .map((line) => shorten(line, widest));
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

/** What a line with a bar is about: a rule, or all of them, whose jobs have no pace in common. */
export type Bar = Omit<RuleProgress, "pace"> & { readonly pace: number | null };

/** The lines of several rules, with aligned columns; names longer than `widestName` are shortened. */
export function ruleLines(
  rules: readonly Bar[],
  paint: Paint = plain,
  { widestName = Number.POSITIVE_INFINITY, columns = Number.POSITIVE_INFINITY } = {},
): string[] {
  const names = Math.min(widestName, Math.max(0, ...rules.map((rule) => rule.rule.length)));
  const counts = Math.max(0, ...rules.map((rule) => String(rule.total).length));
  return rules.map((rule) => {
    const { total, done, failed, running, pace } = rule;
    const share = Math.floor((barWidth * Math.min(done, total)) / Math.max(total, 1));
    const bar = `${"█".repeat(share)}${"░".repeat(barWidth - share)}`;
    const numbers = `${String(done).padStart(counts)}/${String(total).padEnd(counts)}`;
    const more = [
      running > 0 ? `${running} running` : "",
      failed > 0 ? `${failed} failed` : "",
      pace !== null && done > 0 && total > 1 ? rate(pace) : "",
    ];
    const words = more.filter((text) => text !== "").join("  ");
    const line = `${shorten(rule.rule, names).padEnd(names)}  ${bar}  ${numbers}  ${words}`.trimEnd();
    // Colours come last: they have no width.
    const cut = shorten(line, columns);
    const end = names + 2 + barWidth;
    return cut.slice(0, names + 2) + paint(stateOf(rule), cut.slice(names + 2, end)) + cut.slice(end);
  });
}

function stateOf({ total, done, failed, running }: Bar): Style {
  if (failed > 0) return "bad";
  return done >= total ? "good" : running > 0 || done > 0 ? "active" : "dim";
}

/** The text, or its beginning with an ellipsis if it has more characters than `most`. */
export function shorten(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, Math.max(0, most - 1))}…`;
}

/** What a colour says. */
export type Style = "good" | "bad" | "warn" | "active" | "dim" | "strong";

export type Paint = (style: Style, text: string) => string;

export const plain: Paint = (_, text) => text;

const formats = {
  good: "green",
  bad: "red",
  warn: "yellow",
  active: "cyan",
  dim: "dim",
  strong: "bold",
} as const satisfies Record<Style, Parameters<typeof styleText>[0]>;

const coloured: Paint = (style, text) =>
  text === "" ? "" : styleText(formats[style], text, { validateStream: false });

type Environment = Readonly<Record<string, string | undefined>>;

/** Colours on terminals that have them. `NO_COLOR` switches them off everywhere, `FORCE_COLOR` on, as in other tools. */
export function painterFor({ isTTY = false }: { readonly isTTY?: boolean }, env: Environment): Paint {
  const { NO_COLOR = "", FORCE_COLOR = "", TERM } = env;
  if (NO_COLOR !== "" || FORCE_COLOR === "0" || FORCE_COLOR === "false") return plain;
  return FORCE_COLOR !== "" || (isTTY && TERM !== "dumb") ? coloured : plain;
}

/** Whether lines can be drawn again in place: not in pipes, on terminals that cannot move up, and in the logs of CI. */
export function canRedraw({ isTTY = false }: { readonly isTTY?: boolean }, env: Environment): boolean {
  const { TERM, CI = "" } = env;
  return isTTY && TERM !== "dumb" && (CI === "" || CI === "false" || CI === "0");
}
