/** The rules of the experiment as a graph to draw: without the arrows that others imply. */
import type { Graph } from "braid-engine/inspect";
import { count } from "braid-engine/quantities";
import { withoutImplied } from "../shared/implied-edges.ts";
import type { Report } from "./report.ts";

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
