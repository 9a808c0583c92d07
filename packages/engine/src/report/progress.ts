/** Follows the events of a run: done, running, failed and left, per rule and over all. */
import type { RunEvent } from "../events.ts";

export interface RuleProgress {
  readonly rule: string;
  /** As planned; a plan that grows raises it. */
  total: number;
  done: number;
  running: number;
  failed: number;
  /** When its first job started and its last one ended, in seconds of the run; null before that. */
  since: number | null;
  until: number | null;
}

export interface Progress {
  readonly rules: readonly RuleProgress[];
  follow(event: RunEvent): void;
  /** Since the plan stood. */
  seconds(): number;
  /** Seconds that are left, judged by the pace of each rule so far and by earlier runs; null: too early to say. */
  secondsLeft(): number | null;
}

/** Jobs a second of a rule, from its first start to its last end or to `seconds` of the run; 0 where nothing is done. */
export function paceOf(rule: Readonly<RuleProgress>, seconds: number): number {
  if (rule.since === null || rule.done === 0) return 0;
  const end = rule.running > 0 ? seconds : (rule.until ?? seconds);
  return rule.done / Math.max(end - rule.since, 0.001);
}

/** `clock` gives seconds; it is given for tests and for runs of the past. */
export function progress(clock: () => number = () => performance.now() / 1_000): Progress {
  const rules: (RuleProgress & { busy: number })[] = [];
  const byName = new Map<string, RuleProgress & { busy: number }>();
  let slots = 1;
  let estimate: number | null = null;
  let began = clock();
  const seconds = () => clock() - began;

  function add(name: string, total: number) {
    const times = { since: null, until: null, busy: 0 };
    const rule = { rule: name, total, done: 0, running: 0, failed: 0, ...times };
    rules.push(rule);
    byName.set(name, rule);
    return rule;
  }

  function plan(event: Extract<RunEvent, { kind: "planned" }>): void {
    for (const [rule, total] of event.rules) add(rule, total);
    slots = event.slots;
    estimate = event.estimate;
    began = clock();
  }

  function count(rule: RuleProgress & { busy: number }, event: RunEvent): void {
    switch (event.kind) {
      case "started":
        rule.running += event.jobs;
        return;
      case "returned":
        rule.running -= event.jobs;
        return;
      case "retried":
        rule.running--;
        return;
      case "cut off":
        rule.done++;
        break;
      case "done":
        rule.done++;
        if (rule.running > 0) rule.running--;
        rule.busy += event.seconds;
        break;
      case "failed":
        rule.failed++;
        rule.running--;
    }
    rule.until = seconds();
  }

  return {
    rules,
    seconds,
    follow(event) {
      if (event.kind === "planned") return plan(event);
      if (event.kind === "grown")
        for (const [name, jobs] of event.rules) (byName.get(name) ?? add(name, 0)).total += jobs;
      if (!("rule" in event) || event.kind === "command" || event.kind === "began") return;
      const rule = byName.get(event.rule) ?? add(event.rule, 0);
      rule.since ??= seconds();
      count(rule, event);
      rule.total = Math.max(rule.total, rule.done + rule.failed + rule.running);
    },
    secondsLeft() {
      const estimated = () => (estimate === null ? null : Math.max(0, estimate - seconds()));
      let left = 0;
      let known = true;
      for (const rule of rules) {
        const open = rule.total - rule.done - rule.failed;
        if (open === 0) continue;
        if (rule.done > 0) left += (open * rule.busy) / rule.done / Math.min(slots, open);
        else if (rule.total > slots) return estimated();
        else known = false;
      }
      // A few jobs of a rule that has done none may take any time; beside others they count for nothing.
      return known || left > 0 ? left : estimated();
    },
  };
}
