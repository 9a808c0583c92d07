/** What a run records about its plan: the config, and the values of each rule's wildcards; and which run a time belongs to. */
import { shortHash } from "../disk/fingerprint.ts";
import type { RecordedText } from "../plan/recipe.ts";
import type { Plan } from "../plan/table.ts";
import type { History, RuleShape, RunRecord } from "./history.ts";

/** The JSON of a checked config; null if there is none or JSON cannot express it. */
export function configText(config: unknown): RecordedText | null {
  try {
    const text = JSON.stringify(config) as string | undefined;
    return text === undefined ? null : { id: shortHash(text), text };
  } catch {
    return null;
  }
}

/** The config of a run as JSON; null if it is not recorded. */
export function recordedConfig({ config }: RunRecord, { texts }: History): string | null {
  return config === undefined ? null : (texts.get(config) ?? null);
}

/** More values than this fit in no picture, and would make the journal's line long. */
const mostValues = 1_000;

/** The shapes of the rules with wildcards in these rows. */
export function ruleShapes(plan: Plan, rows: Iterable<number>): Record<string, RuleShape> {
  const rules = new Map<
    string,
    { pattern: string; jobs: number; names: readonly string[]; seen: Set<string>[] }
  >();
  for (const row of rows) {
    const rule = plan.ruleOf(row);
    if (rule.wildcards.length === 0) continue;
    const values = plan.values(row);
    let known = rules.get(rule.name);
    if (known === undefined) {
      const pattern = rule.outputs[0]!.pattern.source;
      known = { pattern, jobs: 0, names: rule.wildcards, seen: rule.wildcards.map(() => new Set()) };
      rules.set(rule.name, known);
    }
    known.jobs++;
    for (let i = 0; i < values.length; i++) known.seen[i]!.add(values[i]!);
  }
  return Object.fromEntries(
    [...rules].map(([name, { pattern, jobs, names, seen }]) => [
      name,
      {
        pattern,
        jobs,
        values: Object.fromEntries(
          names.flatMap((wildcard, i) =>
            seen[i]!.size > mostValues ? [] : [[wildcard, [...seen[i]!]] as const],
          ),
        ),
      },
    ]),
  );
}

/** Returns a function that gives the last run that began by a given time, undefined if none did; `runs` in any order. */
export function runFinder<Run extends Pick<RunRecord, "at">>(
  runs: readonly Run[],
): (time: number) => Run | undefined {
  const begins = runs.map((run) => ({ run, at: run.at })).sort((a, b) => a.at - b.at);
  return (time) => {
    let [low, high] = [-1, begins.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (begins[middle]!.at <= time) low = middle;
      else high = middle - 1;
    }
    return begins[low]?.run;
  };
}
