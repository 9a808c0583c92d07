/** One rule's progress as one line, the same in a live run and in `status`. */
import type { RuleProgress } from "./progress.ts";
import { rate } from "./words.ts";

export function ruleLine(rule: Readonly<RuleProgress>, seconds: number): string {
  const share = Math.floor((20 * rule.done) / rule.total);
  const bar = `${"█".repeat(share)}${"░".repeat(20 - share)}`;
  const running = rule.running > 0 ? `  ${rule.running} running` : "";
  const failed = rule.failed > 0 ? `  ${rule.failed} failed` : "";
  const done = `${String(rule.done).padStart(String(rule.total).length)}/${rule.total}`;
  return `${rule.rule.padEnd(22)} ${bar} ${done}  ${rate(rule.done, seconds)}${running}${failed}`;
}
