/** The table and the list of survivors that a mutation test prints. */
import { dirname } from "node:path";
import { equivalents } from "./equivalents.ts";
import type { Mutant } from "./mutants.ts";
import { isKilled, type Result, type Verdict } from "./record.ts";

/** Why no test can notice a mutant, if somebody has looked at it. */
function reasonOf(mutant: Mutant): string | undefined {
  return equivalents.find(
    ({ file, original, replacement }) =>
      file === mutant.file &&
      original === oneLine(mutant.original) &&
      replacement === oneLine(mutant.replacement),
  )?.reason;
}

/** Text on one line, cut at 100 characters. */
function oneLine(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 100 ? `${line.slice(0, 99)}…` : line;
}

/** What became of a mutant: its verdict, or that no test can notice it. */
function outcomeOf(result: Result): Verdict | "equivalent" {
  return isKilled(result) || reasonOf(result) === undefined ? result.verdict : "equivalent";
}

const outcomes = ["killed", "timeout", "survived", "unreached", "equivalent"] as const;

/**
 * One row per folder: how many mutants had each outcome, their total, and the score. The score is the share of killed and
 * timed-out mutants among those that are not equivalent.
 */
export function table(results: readonly Result[]): string {
  const tested = results.filter(({ verdict }) => verdict !== "error");
  const groups = [...Map.groupBy(tested, ({ file }) => dirname(file))].sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = [...groups, ...(groups.length > 1 ? [["all", tested] as const] : [])].map(
    ([folder, group]) => {
      const counts = Map.groupBy(group, outcomeOf);
      const count = (outcome: (typeof outcomes)[number]) => counts.get(outcome)?.length ?? 0;
      const able = group.length - count("equivalent");
      const score =
        able === 0 ? "-" : `${((100 * (count("killed") + count("timeout"))) / able).toFixed(1)} %`;
      return [folder, ...outcomes.map((outcome) => `${count(outcome)}`), `${group.length}`, score];
    },
  );
  const cells = [["folder", ...outcomes, "mutants", "score"], ...rows];
  const widths = cells[0]!.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = cells.map((row) =>
    row.map((cell, i) => (i ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join("  "),
  );
  const timeouts = tested.some(({ verdict }) => verdict === "timeout");
  const note =
    "The score counts timeouts as killed. A timeout is an endless loop, or a slow test on a busy machine.";
  return [...lines, ...(timeouts ? [note] : [])].join("\n");
}

/** The mutants that no test noticed, each with its change; those known to be equivalent come last, with the reason. */
export function survivors(results: readonly Result[]): string {
  const left = results
    .filter((result) => result.verdict !== "error" && !isKilled(result))
    .sort((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
  const describe = (result: Result) => {
    const unreached = result.verdict === "unreached" ? ", no test runs it" : "";
    const replacement = oneLine(result.replacement) || "(nothing)";
    return `${result.file}:${result.line} ${result.mutator}${unreached}\n  - ${oneLine(result.original)}\n  + ${replacement}`;
  };
  const known = left.filter((result) => outcomeOf(result) === "equivalent");
  const open = left.filter((result) => outcomeOf(result) !== "equivalent");
  return [
    ...open.map(describe),
    ...known.map((result) => `${describe(result)}\n  equivalent: ${reasonOf(result)}`),
  ].join("\n");
}
