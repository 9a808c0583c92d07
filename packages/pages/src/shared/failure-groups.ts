/** Failures, grouped: those of a rule whose errors have the same first line except for numbers ("NaN at step 45") are one group. */
import type { Failure } from "braid-engine/inspect";

export interface FailureGroup {
  readonly count: number;
  /** The latest failure of the group. */
  readonly latest: Failure;
}

/** Failures with the same kind are one group. Works in Node and in the page. */
export function failureKind({ rule, error }: Pick<Failure, "rule" | "error">): string {
  return `${rule}\n${error.split("\n", 1)[0]!.replace(/\d+(\.\d+)?/g, "#")}`;
}

/** The largest group first. */
export function failureGroups(failures: Iterable<Failure>): FailureGroup[] {
  const groups = new Map<string, { count: number; latest: Failure }>();
  for (const failure of failures) {
    const kind = failureKind(failure);
    const group = groups.get(kind);
    if (group === undefined) groups.set(kind, { count: 1, latest: failure });
    else {
      group.count++;
      if (failure.at >= group.latest.at) group.latest = failure;
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || b.latest.at - a.latest.at);
}
