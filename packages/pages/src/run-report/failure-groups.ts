/** The failures that stand, those of a rule as one whose first lines are the same but for numbers: "NaN at step 45". */
import type { Failure } from "braid-engine/inspect";

export interface FailureGroup {
  readonly count: number;
  /** The latest of them. */
  readonly latest: Failure;
}

/** Those of most jobs first. */
export function failureGroups(failures: Iterable<Failure>): FailureGroup[] {
  const groups = new Map<string, { count: number; latest: Failure }>();
  for (const failure of failures) {
    const key = `${failure.rule}\n${failure.error.split("\n", 1)[0]!.replace(/\d+(\.\d+)?/g, "#")}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { count: 1, latest: failure });
    else {
      group.count++;
      if (failure.at >= group.latest.at) group.latest = failure;
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || b.latest.at - a.latest.at);
}
