/**
 * The progress of a run on a terminal that can draw again in place: a bar per rule in the order of work, one for all jobs, the
 * jobs that run, the time left. No line is wider than the terminal.
 */
import { stripVTControlCharacters } from "node:util";
import type { RunEvent } from "../events.ts";
import { count, duration } from "../quantities.ts";
import { type Bar, type Paint, ruleLines, shorten } from "./lines.ts";
import { leftText, type Progress, type RuleProgress } from "./progress.ts";
import type { Output, Screen } from "./terminal.ts";

/** The part of the screen below what was said, which is drawn again and again. */
export function liveScreen(output: Output, paint: Paint): Screen {
  const running = runningJobs();
  /** Widths of the lines on the screen. */
  let drawn: readonly number[] = [];
  const columns = () => output.columns ?? 80;

  const erase = () => {
    // A terminal that became narrower has wrapped the lines.
    const lines = drawn.reduce((sum, width) => sum + Math.max(1, Math.ceil(width / columns())), 0);
    if (lines > 0) output.write(`\r\x1b[${lines}A\x1b[J`);
    drawn = [];
  };
  return {
    follow: running.follow,
    erase,
    draw(state) {
      erase();
      // A terminal wraps after its last column: it stays empty.
      const size = { columns: columns() - 1, rows: Math.max(2, (output.rows ?? 24) - 1) };
      const rules = inOrderOfWork(state);
      const times = `${duration(state.seconds())} elapsed, ${leftText(state.left())}`;
      const lines = liveLines(rules, running.names(rules), size, paint);
      lines.push(shorten(times, size.columns));
      output.write(`${lines.join("\n")}\n`);
      drawn = lines.map((line) => stripVTControlCharacters(line).length);
    },
    fold: (text) => fold(text, columns()),
  };
}

interface Size {
  readonly columns: number;
  readonly rows: number;
}

function liveLines(
  rules: readonly RuleProgress[],
  names: readonly string[],
  { columns, rows }: Size,
  paint: Paint,
): string[] {
  const all: Bar[] = [...rules, totalOf(rules)];
  const lines = ruleLines(all, paint, { widestName: Math.max(8, columns - 50), columns });
  const total = lines.pop()!;
  // The total, the jobs that run, the times.
  const room = Math.max(1, rows - 3);
  const now = names.length === 0 ? [] : [paint("dim", nowText(names, columns))];
  return [...fitLines(lines, rules, room), total, ...now].slice(1 - rows);
}

/** Rules in the order in which their first jobs started, then those to come in the order of the plan. */
function inOrderOfWork({ rules, begun }: Progress): RuleProgress[] {
  const rank = new Map(begun.map((name, i) => [name, i]));
  const rankOf = ({ rule }: RuleProgress) => rank.get(rule) ?? rank.size;
  return rules.toSorted((a, b) => rankOf(a) - rankOf(b));
}

function totalOf(rules: readonly RuleProgress[]): Bar {
  const sum = (of: (rule: RuleProgress) => number) => rules.reduce((all, rule) => all + of(rule), 0);
  return {
    rule: "total",
    total: sum(({ total }) => total),
    done: sum(({ done }) => done),
    running: sum(({ running }) => running),
    failed: sum(({ failed }) => failed),
    pace: null,
  };
}

/** The lines that fit on the screen: of rules at work first, then of those to come. */
function fitLines(lines: readonly string[], rules: readonly RuleProgress[], rows: number): string[] {
  if (lines.length <= rows) return [...lines];
  const rank = ({ running, done, failed, total }: RuleProgress) =>
    running > 0 ? 0 : done + failed < total ? 1 : 2;
  const kept = rules
    .map((rule, i) => ({ i, rank: rank(rule) }))
    .sort((a, b) => a.rank - b.rank || a.i - b.i)
    .slice(0, Math.max(1, rows - 1))
    .sort((a, b) => a.i - b.i);
  return [...kept.map(({ i }) => lines[i]!), `... and ${count(lines.length - kept.length, "more rule")}`];
}

/** As many of the jobs as fit on a line: `now: train (seed=1), train (seed=2) and 6 others`. The count is never cut. */
function nowText(names: readonly string[], columns: number): string {
  const rest = (shown: number) => {
    const more = names.length - shown;
    return more > 0 ? ` and ${count(more, "other")}` : "";
  };
  const list = (shown: number) => `now: ${names.slice(0, shown).join(", ")}`;
  let shown = 1;
  while (shown < names.length && (list(shown + 1) + rest(shown + 1)).length <= columns) shown++;
  return shorten(list(shown), columns - rest(shown).length) + rest(shown);
}

/** The jobs that have begun and not ended, by rule, in the order in which they began. */
function runningJobs() {
  const byRule = new Map<string, Set<string>>();
  return {
    follow(event: RunEvent): void {
      if (event.kind === "began") {
        const names = byRule.get(event.rule) ?? new Set();
        byRule.set(event.rule, names);
        // One whose call was lost begins anew.
        names.delete(event.job);
        names.add(event.job);
      } else if (event.kind === "done" || event.kind === "failed" || event.kind === "retried")
        byRule.get(event.rule)?.delete(event.job);
    },
    /** Calls that were lost are only counted: of their names, the oldest are left out. */
    names: (rules: readonly RuleProgress[]): string[] =>
      rules.flatMap(({ rule, running }) => {
        const names = [...(byRule.get(rule) ?? [])];
        return names.slice(Math.max(0, names.length - running));
      }),
  };
}

/** Breaks lines between words, so that none is wider than `columns`; a word that is wider stays whole, to be copied. */
export function fold(text: string, columns: number): string {
  return text
    .split("\n")
    .flatMap((line) => {
      if (line.length <= columns) return [line];
      const indent = /^ */.exec(line)![0];
      const lines: string[] = [];
      let last = "";
      for (const word of line.trim().split(" ")) {
        const longer = last === "" ? indent + word : `${last} ${word}`;
        if (last !== "" && longer.length > columns) {
          lines.push(last.trimEnd());
          last = `${indent}  ${word}`;
        } else last = longer;
      }
      return [...lines, last];
    })
    .join("\n");
}
