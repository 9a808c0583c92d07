/** Failures, grouped: those of a rule whose errors have the same first line except for numbers ("NaN at step 45") are one group. */
import type { Failure } from "braid-engine/inspect";

export interface FailureGroup {
  readonly count: number;
  /** The latest failure of the group, and its place in the list of failures. */
  readonly latest: Failure;
  readonly place: number;
}

/** Failures with the same kind are one group. Works in Node and in the page. */
export function failureKind({ rule, error }: Pick<Failure, "rule" | "error">): string {
  return `${rule}\n${error.split("\n", 1)[0]!.replace(/\d+(\.\d+)?/g, "#")}`;
}

/** The largest group first. */
export function failureGroups(failures: readonly Failure[]): readonly FailureGroup[] {
  return growingGroups()(failures);
}

/** Groups a list that grows, and looks only at what is new since the last call; another list begins anew. */
export function growingGroups(): (failures: readonly Failure[]) => readonly FailureGroup[] {
  let list: readonly Failure[] = [];
  let seen = 0;
  let groups = new Map<string, { count: number; latest: Failure; place: number }>();
  let sorted: readonly FailureGroup[] = [];
  return (failures) => {
    if (failures === list && failures.length === seen) return sorted;
    if (failures !== list) {
      list = failures;
      seen = 0;
      groups = new Map();
    }
    for (; seen < failures.length; seen++) {
      const failure = failures[seen]!;
      const kind = failureKind(failure);
      const group = groups.get(kind);
      if (group === undefined) groups.set(kind, { count: 1, latest: failure, place: seen });
      else {
        group.count++;
        if (failure.at >= group.latest.at) Object.assign(group, { latest: failure, place: seen });
      }
    }
    sorted = [...groups.values()].sort((a, b) => b.count - a.count || b.latest.at - a.latest.at);
    return sorted;
  };
}
