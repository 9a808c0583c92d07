/** The rules of the experiment as a graph to draw: without the arrows that others imply. */
import type { Graph } from "braid-engine/inspect";
import { count } from "braid-engine/quantities";
import type { Report } from "./report.ts";

type Edges = Report["graph"]["edges"];

export function ruleGraph({ rules, edges }: Report["graph"]): Graph {
  const place = new Map(rules.map(({ name }, i) => [name, i]));
  return {
    nodes: rules.map(({ name, jobs }, i) => ({
      title: name,
      lines: [count(jobs, "job")],
      dashed: false,
      colour: [i, rules.length],
    })),
    edges: withoutImplied(edges).map(([from, to]) => [place.get(from)!, place.get(to)!]),
  };
}

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
