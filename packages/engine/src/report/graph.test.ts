import { expect, test } from "vitest";
import { memoryFiles } from "../disk/memory-files.ts";
import { prepareAnew } from "../dry-run.ts";
import { expand } from "../patterns/expand.ts";
import { rule } from "../rules/rule.ts";
import { dagOf, graphText, ruleGraphOf } from "./graph.ts";

const body = () => {};
const train = rule({ input: "data.csv", output: "model_{seed}", run: body });
const score = rule({ input: train.output, output: "score_{seed}_{part}", run: body });
const rules = {
  all: rule({ input: expand(score.output, { seed: [1, 2], part: ["a", "b"] }) }),
  score,
  train,
};
const prepared = prepareAnew({ rules, folder: "", files: memoryFiles({ "data.csv": "" }) });

test("a graph of rules has an edge where some job needs another", () => {
  const { nodes, edges } = ruleGraphOf(prepared);
  const named = edges.map(([from, to]) => `${nodes[from]!.title} -> ${nodes[to]!.title}`);
  expect(named.sort()).toEqual(["score -> all", "train -> score"]);
});

test("a graph of jobs tells a wildcard where it is new", () => {
  const { nodes, edges } = dagOf(prepared);
  expect(nodes.map(({ title, lines }) => [title, ...lines].join(" ")).sort()).toEqual([
    "all",
    "score part=a",
    "score part=a",
    "score part=b",
    "score part=b",
    "train seed=1",
    "train seed=2",
  ]);
  expect(edges).toHaveLength(8);
});

test("what is up to date is dashed, in both languages", () => {
  const files = memoryFiles({ "data.csv": "", model_1: "" });
  const graph = dagOf(prepareAnew({ rules: { train }, targets: ["model_1"], folder: "", files }));
  expect(graphText(graph, "dot")).toContain('[label="train\\nseed=1", color="');
  expect(graphText(graph, "dot")).toContain('style="rounded,dashed"');
  expect(graphText(graph, "mermaid")).toContain('n0["train<br>seed=1"]:::upToDate');
});

test("quotes in wildcards do not break the text", () => {
  const files = memoryFiles({ "data.csv": "" });
  const graph = dagOf(prepareAnew({ rules: { train }, targets: ['model_"\\x'], folder: "", files }));
  expect(graphText(graph, "dot")).toContain('label="train\\nseed=\\"\\\\x"');
  expect(graphText(graph, "mermaid")).toContain("seed=&quot;\\x");
});
