/** The graph as a drawing: of the rules (`--rulegraph`) or of the jobs (`--dag`), as text for Graphviz or Mermaid. */
import type { Assessment } from "../judge/assess.ts";
import { type Gather, inputsOf, type PlannedFile, type PlannedJob } from "../plan/dag.ts";

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
  /** Nothing is to run: drawn dashed. */
  readonly upToDate: boolean;
  /** Nodes of one rule have one colour: its position among the rules of the graph, and how many there are. */
  readonly colour: readonly [rule: number, rules: number];
}

/** One node per rule of the plan. */
export function ruleGraphOf({ plan, reasons }: Assessment): Graph {
  const names = ruleNames(plan.jobs);
  const indexOf = new Map(names.map((name, i) => [name, i]));
  const stale = new Set(plan.jobs.filter((job) => reasons[job.order] !== null).map((job) => job.rule.name));
  return {
    nodes: names.map((title, i) => ({
      title,
      lines: [],
      upToDate: !stale.has(title),
      colour: [i, names.length],
    })),
    edges: edgesOf(plan.jobs, (job) => indexOf.get(job.rule.name)!),
  };
}

/** One node per job, with the wildcards that not all that it needs have told already. */
export function dagOf({ plan, reasons }: Assessment): Graph {
  const names = ruleNames(plan.jobs);
  const position = new Map(plan.jobs.map((job, i) => [job, i]));
  return {
    nodes: plan.jobs.map((job) => ({
      title: job.rule.name,
      lines: newWildcards(job),
      upToDate: reasons[job.order] === null,
      colour: [names.indexOf(job.rule.name), names.length],
    })),
    edges: edgesOf(plan.jobs, (job) => position.get(job)!),
  };
}

function ruleNames(jobs: readonly PlannedJob[]): string[] {
  return [...new Set(jobs.map((job) => job.rule.name))];
}

function edgesOf(jobs: readonly PlannedJob[], nodeOf: (job: PlannedJob) => number): [number, number][] {
  const edges = new Map<number, Set<number>>();
  const add = ({ maker }: PlannedFile, from: Set<number>) => {
    if (maker !== null) from.add(nodeOf(maker));
  };
  // Jobs of a node share gathers: each is looked through once.
  const seen = new Map<number, Set<Gather>>();
  for (const job of jobs) {
    const to = nodeOf(job);
    const from = edges.get(to) ?? new Set();
    const gathers = seen.get(to) ?? new Set();
    edges.set(to, from);
    seen.set(to, gathers);
    for (const file of job.inputs) add(file, from);
    for (const gather of job.gathers) {
      if (gathers.has(gather)) continue;
      gathers.add(gather);
      for (const file of gather.files) add(file, from);
    }
  }
  return [...edges].flatMap(([to, all]) => [...all].map((from): [number, number] => [from, to]));
}

function newWildcards(job: PlannedJob): string[] {
  const told = new Set<string>();
  for (const { maker } of inputsOf(job))
    maker?.rule.wildcards.forEach((name, i) => {
      told.add(`${name}=${maker.values[i]}`);
    });
  return job.rule.wildcards.map((name, i) => `${name}=${job.values[i]}`).filter((text) => !told.has(text));
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
    ...nodes.map(({ title, lines, upToDate, colour }, i) => {
      const style = upToDate ? "rounded,dashed" : "rounded";
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
      ({ title, lines, upToDate }, i) =>
        `  n${i}["${text([title, ...lines])}"]${upToDate ? ":::upToDate" : ""}`,
    ),
    ...edges.map(([from, to]) => `  n${from} --> n${to}`),
  ].join("\n");
}
