/** The rules: how their jobs stand and what they have cost; and the graph of them. */
import type { Graph } from "braid-engine/inspect";
import { count, duration, fileSize, withCommas } from "braid-engine/quantities";
import { drawing } from "../../graph.ts";
import { type Html, html, type Part, trusted } from "../../shared/html.ts";
import type { RuleFigures, Spread } from "../rule-figures.ts";
import type { RunReport } from "../run-report.ts";
import { type Column, section, table } from "../table.ts";

const mostRules = 100;
/** Beyond these a drawing is large, and cannot be read. */
const mostNodes = 100;
const mostEdges = 300;

export function rulesSection({ rules }: RunReport): Html {
  const rest = rules.length - mostRules;
  const caption = html`Jobs of the plan by rule, in the order of the work, with what the latest run of each job cost. ${rules.some(({ shared }) => shared > 0) ? `${sharedTimes} ` : ""}${rest > 0 ? `${count(rest, "more rule")} not shown.` : ""}`;
  const counted = (head: string, of: (rule: RuleFigures) => number, warn = false): Column<RuleFigures> => ({
    head,
    number: true,
    cell: (rule) => number(of(rule), warn),
  });
  const cost = (
    group: string,
    of: (rule: RuleFigures) => Spread | null,
    part: keyof Spread,
    words: (value: number) => string,
  ): Column<RuleFigures> => ({
    group,
    head: part,
    number: true,
    cell: (rule) => {
      const spread = of(rule);
      if (spread === null) return none;
      // Shares add up to the time of their batch: their sum is no guess.
      const guess = group === "Time" && part !== "total" && rule.shared > 0;
      return `${guess ? "~" : ""}${words(spread[part])}`;
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
        cost("Memory", ({ memory }) => memory, "median", fileSize),
        cost("Memory", ({ memory }) => memory, "max", fileSize),
      ],
      rules.slice(0, mostRules),
    ),
  );
}

/** What a ~ before a time says. */
export const sharedTimes = "Times with ~ are shares of the time that a batch took for several jobs together.";

const none = html`<span class="zero">-</span>`;

function number(value: number, warn: boolean): Part {
  if (value === 0) return html`<span class="zero">0</span>`;
  const text = withCommas(value);
  return warn ? html`<span class="warn">${text}</span>` : text;
}

/** A job may take milliseconds. */
export function shortTime(seconds: number): string {
  return seconds < 0.95 ? `${Math.round(seconds * 1_000)} ms` : duration(seconds);
}

export async function graphSection({ graph }: RunReport): Promise<Html | null> {
  if (graph.nodes.length === 0) return null;
  const { nodes, edges } = graph;
  if (nodes.length > mostNodes || edges.length > mostEdges)
    return section(
      "graph",
      "What needs what",
      html`<p>The graph of ${count(nodes.length, "rule")} and ${count(edges.length, "edge")} is too large to be read here: --rulegraph svg draws it.</p>`,
    );
  return section(
    "graph",
    "What needs what",
    html`<p class="legend">The rules, from what is made first; those with nothing to be made are dashed.</p>
<div class="graph" role="img" aria-label="${needs(graph)}">${trusted(await drawing(graph))}</div>`,
  );
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
