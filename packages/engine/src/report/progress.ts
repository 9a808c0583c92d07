/** Follows the events of a run: done, running, failed and left, per rule and over all. */
import type { RunEvent } from "../events.ts";

export interface RuleProgress {
  readonly rule: string;
  readonly total: number;
  done: number;
  running: number;
  failed: number;
}

export interface Progress {
  readonly rules: readonly RuleProgress[];
  follow(event: RunEvent): void;
  /** Seconds that are left, judged by the pace of each rule so far and by earlier runs; null: too early to say. */
  secondsLeft(): number | null;
}

/** `now` gives seconds; it is given for tests. */
export function progress(now: () => number = () => performance.now() / 1_000): Progress {
  let rules: (RuleProgress & { busy: number })[] = [];
  let byName = new Map<string, RuleProgress & { busy: number }>();
  let slots = 1;
  let estimate: number | null = null;
  let began = now();

  return {
    get rules() {
      return rules;
    },
    follow(event) {
      if (event.kind === "planned") {
        rules = [...event.rules].map(([rule, total]) => ({
          rule,
          total,
          done: 0,
          running: 0,
          failed: 0,
          busy: 0,
        }));
        byName = new Map(rules.map((rule) => [rule.rule, rule]));
        slots = event.slots;
        estimate = event.estimate;
        began = now();
        return;
      }
      if (!("rule" in event)) return;
      const rule = byName.get(event.rule);
      if (rule === undefined) return;
      switch (event.kind) {
        case "started":
          rule.running += event.jobs;
          break;
        case "returned":
          rule.running -= event.jobs;
          break;
        case "cut off":
          rule.done++;
          break;
        case "done":
          rule.done++;
          if (rule.running > 0) rule.running--;
          rule.busy += event.seconds;
          break;
        case "retried":
          rule.running--;
          break;
        case "failed":
          rule.failed++;
          rule.running--;
      }
    },
    secondsLeft() {
      let left = 0;
      for (const rule of rules) {
        const open = rule.total - rule.done - rule.failed;
        if (open === 0) continue;
        if (rule.done > 0) left += (open * rule.busy) / rule.done / Math.min(slots, open);
        else if (rule.total > slots)
          return estimate === null ? null : Math.max(0, estimate - (now() - began));
      }
      return left;
    },
  };
}
