/** Progress as one line per rule, the same in a live run and in `status`. */

import { rate } from "../quantities.ts";
import type { RuleProgress } from "./progress.ts";

const barWidth = 20;

/** The lines of several rules, their columns one below the other. */
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
