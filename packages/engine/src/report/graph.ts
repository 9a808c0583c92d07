/** The graph as a drawing: of the rules (`--rulegraph`) or of the jobs (`--dag`), as text for Graphviz or Mermaid. */
import type { Plan } from "../plan/table.ts";
import type { Prepared } from "../staleness/prepare.ts";

export interface Graph {
  readonly nodes: readonly GraphNode[];
  /** From what is needed to what needs it, by positions of nodes. */
  readonly edges: readonly (readonly [from: number, to: number])[];
}

export interface GraphNode {
  /** The rule. */
  readonly title: string;
  /** Below the title: `seed=4`. */
  readonly lines: readonly string[];
  /** Whether its frame is dashed. In the graphs of --dag and --rulegraph, a dashed node has nothing to run. */
  readonly dashed: boolean;
  /** Nodes of one rule have one colour: its position among the rules of the graph, and how many there are. */
  readonly colour: readonly [rule: number, rules: number];
}

/** One node per rule of the plan. */
export function ruleGraphOf({ plan, states, selected }: Prepared): Graph {
  const jobs = [...selected.rows()];
  const names = ruleNames(plan, jobs);
  const indexOf = new Map(names.map((name, i) => [name, i]));
  const stale = new Set(jobs.filter((job) => states.isActive(job)).map((job) => plan.ruleOf(job).name));
  return {
    nodes: names.map((title, i) => ({
      title,
      lines: [],
      dashed: !stale.has(title),
      colour: [i, names.length],
    })),
    edges: edgesOf(plan, jobs, (job) => indexOf.get(plan.ruleOf(job).name)),
  };
}

/** One node per job, with the wildcards that not all that it needs have told already. */
export function dagOf({ plan, states, selected }: Prepared): Graph {
  const jobs = [...selected.rows()];
  const names = ruleNames(plan, jobs);
  const position = new Map(jobs.map((job, i) => [job, i]));
  return {
    nodes: jobs.map((job) => ({
      title: plan.ruleOf(job).name,
      lines: newWildcards(plan, job),
      dashed: !states.isActive(job),
      colour: [names.indexOf(plan.ruleOf(job).name), names.length],
    })),
    edges: edgesOf(plan, jobs, (job) => position.get(job)),
  };
}

function ruleNames(plan: Plan, jobs: readonly number[]): string[] {
  return [...new Set(jobs.map((job) => plan.ruleOf(job).name))];
}

function edgesOf(
  plan: Plan,
  jobs: readonly number[],
  nodeOf: (job: number) => number | undefined,
): [number, number][] {
  const edges = new Map<number, Set<number>>();
  const add = (file: number, from: Set<number>) => {
    const maker = plan.maker(file);
    const node = maker < 0 ? undefined : nodeOf(maker);
    if (node !== undefined) from.add(node);
  };
  // Jobs of a node share gathers: each is looked through once.
  const seen = new Map<number, Set<number>>();
  for (const job of jobs) {
    const to = nodeOf(job)!;
    const from = edges.get(to) ?? new Set();
    const gathers = seen.get(to) ?? new Set();
    edges.set(to, from);
    seen.set(to, gathers);
    for (const place of plan.inputs(job)) add(place >> 1, from);
    for (const gather of plan.gathers(job)) {
      if (gathers.has(gather)) continue;
      gathers.add(gather);
      for (const file of plan.gatherFiles(gather)) add(file, from);
    }
  }
  return [...edges].flatMap(([to, all]) => [...all].map((from): [number, number] => [from, to]));
}

function newWildcards(plan: Plan, job: number): string[] {
  const inherited = new Set<string>();
  for (const file of plan.inputFiles(job)) {
    const maker = plan.maker(file);
    if (maker >= 0) for (const text of wildcardsOf(plan, maker)) inherited.add(text);
  }
  return wildcardsOf(plan, job).filter((text) => !inherited.has(text));
}

function wildcardsOf(plan: Plan, job: number): string[] {
  const values = plan.values(job);
  return plan.ruleOf(job).wildcards.map((name, i) => `${name}=${values[i]}`);
}

/** The graph in the language of Graphviz (`dot`, also the source of `svg`) or of Mermaid. */
export function graphText(graph: Graph, format: "dot" | "mermaid" | "svg"): string {
  return format === "mermaid" ? mermaid(graph) : dot(graph);
}

function dot({ nodes, edges }: Graph): string {
  const text = (words: readonly string[]) => words.map((word) => word.replace(/["\\]/g, "\\$&")).join("\\n");
  return [
    "digraph workflow {",
    '  graph [bgcolor="white", pad=0.1, nodesep=0.2, ranksep=0.35];',
    '  node [shape=box, style="rounded", fontname="Helvetica", fontsize=11, penwidth=1.8, height=0.3, margin="0.2,0.07"];',
    '  edge [color="#888888", penwidth=1.2, arrowsize=0.7];',
    ...nodes.map(({ title, lines, dashed, colour }, i) => {
      const style = dashed ? "rounded,dashed" : "rounded";
      return `  ${i} [label="${text([title, ...lines])}", color="${hue(colour)}", style="${style}"];`;
    }),
    ...edges.map(([from, to]) => `  ${from} -> ${to};`),
    "}",
  ].join("\n");
}

/** Hues spread over the rules, as Graphviz writes them. */
function hue([rule, rules]: GraphNode["colour"]): string {
  return `${((0.58 + rule / rules) % 1).toFixed(3)} 0.65 0.75`;
}

function mermaid({ nodes, edges }: Graph): string {
  const text = (words: readonly string[]) =>
    words.map((word) => word.replaceAll("&", "&amp;").replaceAll('"', "&quot;")).join("<br>");
  return [
    "flowchart TB",
    "  classDef upToDate stroke-dasharray: 4 3",
    ...nodes.map(
      ({ title, lines, dashed }, i) => `  n${i}["${text([title, ...lines])}"]${dashed ? ":::upToDate" : ""}`,
    ),
    ...edges.map(([from, to]) => `  n${from} --> n${to}`),
  ].join("\n");
}
