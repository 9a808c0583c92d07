/** Progress as one line per rule, the same in a live run and in `status`. */
import { paceOf, type RuleProgress } from "./progress.ts";
import { rate } from "./words.ts";

const barWidth = 20;

/** The lines of several rules, their columns one below the other; `seconds` of the run are over. */
export function ruleLines(rules: readonly Readonly<RuleProgress>[], seconds: number): string[] {
  const names = Math.max(0, ...rules.map((rule) => rule.rule.length));
  const counts = Math.max(0, ...rules.map((rule) => String(rule.total).length));
  return rules.map((rule) => {
    const { total, done, failed, running } = rule;
    const share = Math.floor((barWidth * Math.min(done, total)) / Math.max(total, 1));
    const bar = `${"█".repeat(share)}${"░".repeat(barWidth - share)}`;
    const numbers = `${String(done).padStart(counts)}/${String(total).padEnd(counts)}`;
    const more = [
      running > 0 ? `${running} running` : "",
      failed > 0 ? `${failed} failed` : "",
      done > 0 && total > 1 ? rate(paceOf(rule, seconds)) : "",
    ];
    return `${rule.rule.padEnd(names)}  ${bar}  ${numbers}  ${more.filter((text) => text !== "").join("  ")}`.trimEnd();
  });
}
