/** Rules in layers: which arrows are drawn between them, and how far from the sources each rule stands. */
import type { Report } from "../src/report.ts";

type Edges = Report["graph"]["edges"];

/** The edges that no longer way replaces. */
export function withoutImplied(edges: Edges): Edges {
  const next = Map.groupBy(edges, ([from]) => from);
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (next.get(from) ?? []).some(([, middle]) => {
      if (middle === to) return true;
      if (seen.has(middle)) return false;
      seen.add(middle);
      return reaches(middle, to, seen);
    });
  return edges.filter(
    ([from, to]) => !(next.get(from) ?? []).some(([, other]) => other !== to && reaches(other, to)),
  );
}

/** The longest way from a source to each rule. */
export function depths(names: readonly string[], edges: Edges): Map<string, number> {
  const depth = new Map(names.map((name) => [name, 0]));
  for (let changed = true, round = 0; changed && round <= names.length; round++) {
    changed = false;
    for (const [from, to] of edges) {
      const least = depth.get(from)! + 1;
      if (depth.get(to)! < least) {
        depth.set(to, least);
        changed = true;
      }
    }
  }
  return depth;
}
