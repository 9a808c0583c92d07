/** What a run records about its plan: the config, and the values of each rule's wildcards. */
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
