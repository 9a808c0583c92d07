/** Runs workflows on files kept in memory, and tells what ran: for tests. */

import { type MemoryFiles, memoryFiles } from "../disk/memory-files.ts";
import { dryRun, prepareAnew } from "../dry-run.ts";
import type { RunEvent, Summary } from "../events.ts";
import type { AnyRule, Files, Rules } from "../rules/rule.ts";
import { rule } from "../rules/rule.ts";
import type { RunOptions } from "../run/options.ts";
import { run } from "../run/run.ts";
import type { PlanOptions } from "../staleness/plan-options.ts";
import type { Prepared } from "../staleness/prepare.ts";

export interface Bench {
  readonly disk: MemoryFiles;
  readonly events: RunEvent[];
  /** Runs and returns the summary; `ran` then names the jobs whose bodies were called. */
  run(rules: Rules, options?: Partial<RunOptions>): Promise<Summary>;
  /** What would run. */
  plan(rules: Rules, options?: Partial<PlanOptions>): ReturnType<typeof dryRun>;
  /** The plan with its answers, as reports take it. */
  prepared(rules: Rules, options?: Partial<PlanOptions>): Prepared;
  /** Names of the jobs that were done since the last call, in order. */
  ran(): string[];
}

export function bench(files: Readonly<Record<string, string>> = {}): Bench {
  const disk = memoryFiles(files);
  const events: RunEvent[] = [];
  let seen = 0;
  return {
    disk,
    events,
    run: (rules, options = {}) =>
      run({ rules, files: disk, folder: "", slots: 2, emit: (event) => void events.push(event), ...options }),
    plan: (rules, options = {}) => dryRun({ rules, files: disk, folder: "", ...options }),
    prepared: (rules, options = {}) => prepareAnew({ rules, files: disk, folder: "", ...options }),
    ran() {
      const fresh = events.slice(seen);
      seen = events.length;
      return fresh.flatMap((event) => (event.kind === "done" ? [event.job] : []));
    },
  };
}

/** Two rules in a row: a.src -> a.mid -> a.end. */
export function chain(b = bench({ "a.src": "one" })) {
  const rules = {
    last: joining(b.disk, "a.mid", "a.end"),
    first: joining(b.disk, "a.src", "a.mid"),
  } satisfies Rules;
  return { ...b, rules };
}

type Made = { readonly input: unknown; readonly output: unknown; readonly wildcards: unknown };

/** A rule that writes to each output the contents of its inputs, in order, and `text`. */
export function joining(disk: MemoryFiles, input: Files, output: Files, text = ""): AnyRule {
  return rule({
    input: input as "x",
    output: output as "y",
    params: { text },
    run: (job) => writeJoined(disk, job, text),
  });
}

export function writeJoined(disk: MemoryFiles, { input, output }: Made, text = ""): void {
  const content = leaves(input)
    .map((path) => disk.text(path))
    .join("");
  for (const path of leaves(output)) disk.write(path, content + text);
}

/** Every text in a shape. */
export function leaves(shape: unknown): string[] {
  if (typeof shape === "string") return [shape];
  return Object.values(shape as object).flatMap(leaves);
}
