/** The rules: how their jobs stand and what they have cost; and the graph of them. */
import type { Graph } from "braid-engine/inspect";
import { count, fileSize, withCommas } from "braid-engine/quantities";
import { drawing } from "../../graph.ts";
import { type Html, html, type Part, trusted } from "../../shared/html.ts";
import { withoutImplied } from "../../shared/implied-edges.ts";
import type { RuleDistribution } from "../distributions.ts";
import type { RuleFigures } from "../rule-figures.ts";
import type { RunReport } from "../run-report.ts";
import { type Column, section, table } from "../table.ts";
import { sharedTimes, shortTime } from "../times.ts";

const mostRules = 100;
/** Beyond these a drawing is large, and cannot be read. */
const mostNodes = 100;
const mostEdges = 300;

export function rulesSection({ rules }: RunReport): Html {
  const rest = rules.length - mostRules;
  const caption = html`Jobs of the plan by rule, in the order of the work, with what the latest run of each job cost. ${rules.some(({ wall }) => wall !== null && wall.shared > 0) ? `${sharedTimes} ` : ""}${rules.some(({ wall, cpu }) => cpu !== null && cpu.jobs < wall!.jobs) ? "A total with > leaves out jobs whose CPU time is not recorded, because they shared their thread with other calls. " : ""}${rest > 0 ? `${count(rest, "more rule")} not shown.` : ""}`;
  const counted = (head: string, of: (rule: RuleFigures) => number, warn = false): Column<RuleFigures> => ({
    head,
    number: true,
    cell: (rule) => number(of(rule), warn),
  });
  const cost = (
    group: string,
    of: (rule: RuleFigures) => RuleDistribution | null,
    part: "total" | "median" | "max",
    words: (value: number) => string,
  ): Column<RuleFigures> => ({
    group,
    head: part,
    number: true,
    cell: (rule) => {
      const own = of(rule);
      if (own === null) return none;
      // Shares add up to the time of their batch, so the sum is exact.
      const guess = group !== "Memory" && part !== "total" && own.shared > 0;
      const isPart = part === "total" && own.jobs < rule.wall!.jobs;
      return `${guess ? "~" : ""}${isPart ? "> " : ""}${words(own[part])}`;
    },
  });
  return section(
    "rules",
    "Rules",
    table(
      "Rules",
      caption,
      [
        { head: "Rule", cell: ({ rule }) => rule },
        counted("Jobs", ({ jobs }) => jobs),
        counted("Up to date", ({ states }) => states["up to date"]),
        counted("Out of date", ({ states }) => states["out of date"]),
        counted("Missing", ({ states }) => states.missing),
        counted("Failed", ({ states }) => states.failed, true),
        cost("Time", ({ wall }) => wall, "total", shortTime),
        cost("Time", ({ wall }) => wall, "median", shortTime),
        cost("Time", ({ wall }) => wall, "max", shortTime),
        cost("CPU time", ({ cpu }) => cpu, "total", shortTime),
        cost("CPU time", ({ cpu }) => cpu, "median", shortTime),
        cost("CPU time", ({ cpu }) => cpu, "max", shortTime),
        // Only commands, scripts and queues have it recorded.
        ...(rules.some(({ memory }) => memory !== null)
          ? [
              cost("Memory", ({ memory }) => memory, "median", fileSize),
              cost("Memory", ({ memory }) => memory, "max", fileSize),
            ]
          : []),
      ],
      rules.slice(0, mostRules),
    ),
  );
}

const none = html`<span class="zero">-</span>`;

function number(value: number, warn: boolean): Part {
  if (value === 0) return html`<span class="zero">0</span>`;
  const text = withCommas(value);
  return warn ? html`<span class="warn">${text}</span>` : text;
}

export async function graphSection({ graph, rules }: RunReport): Promise<Html | null> {
  if (graph.nodes.length === 0) return null;
  const { nodes, edges } = graph;
  if (nodes.length > mostNodes || edges.length > mostEdges)
    return section(
      "graph",
      "Dependencies",
      html`<p>The graph of ${count(nodes.length, "rule")} and ${count(edges.length, "edge")} is too large to be read here: --rulegraph svg draws it.</p>`,
    );
  return section(
    "graph",
    "Dependencies",
    html`<p class="legend">The rules, starting with those whose jobs run first. Solid frame: all jobs are up to date. Dashed frame: some jobs are still to be run. Arrows that others imply are left out.</p>
<div class="graph" role="img" aria-label="${needs(graph)}">${trusted(await drawing(withProgress({ nodes, edges: withoutImplied(edges) }, rules)))}</div>`,
  );
}

/** Adds to each rule how many of its jobs are up to date. Only unfinished rules have a dashed frame. */
function withProgress({ nodes, edges }: Graph, rules: readonly RuleFigures[]): Graph {
  const byName = new Map(rules.map((rule) => [rule.rule, rule]));
  return {
    edges,
    nodes: nodes.map((node) => {
      const found = byName.get(node.title);
      if (found === undefined) return node;
      const { jobs, states } = found;
      const done = states["up to date"];
      const words = [`${withCommas(done)} of ${withCommas(jobs)} up to date`];
      if (states.failed > 0) words.push(`${withCommas(states.failed)} failed`);
      return { ...node, lines: words, dashed: done < jobs };
    }),
  };
}

/** The graph in words. */
function needs({ nodes, edges }: Graph): string {
  const byRule = Map.groupBy(edges, ([, to]) => to);
  return nodes
    .map(({ title }, i) => {
      const from = (byRule.get(i) ?? []).map(([node]) => nodes[node]!.title);
      return from.length === 0 ? title : `${title} needs ${from.join(", ")}`;
    })
    .join("; ");
}
