import { type Graph, graphText } from "braid-engine/inspect";
import { expect, test } from "vitest";
import { drawing, svg } from "./graph.ts";

/** Two models, each with two scores. */
const graph: Graph = {
  nodes: [
    ...[1, 2].map((seed) => ({
      title: "train",
      lines: [`seed=${seed}`],
      dashed: false,
      colour: [0, 2] as const,
    })),
    ...["a", "b", "a", "b"].map((part) => ({
      title: "score",
      lines: [`part=${part}`],
      dashed: true,
      colour: [1, 2] as const,
    })),
  ],
  edges: [
    [0, 2],
    [0, 3],
    [1, 4],
    [1, 5],
  ],
};

test("Graphviz draws every node and every edge", async () => {
  const drawn = await svg(graphText(graph, "dot"));
  expect(drawn.match(/class="node"/g)).toHaveLength(6);
  expect(drawn.match(/class="edge"/g)).toHaveLength(4);
  expect(drawn).toContain(">seed=2<");
  expect(drawn).toMatch(/<svg[^>]*>\n<title>The graph of a workflow<\/title>/);
});

test("a drawing for a page has the page's ground and the colour of its text, and no tips", async () => {
  const drawn = await drawing(graph);
  expect(drawn).toMatch(/^<svg/);
  expect(drawn).not.toMatch(/<title>|<!--|fill="white"/);
  expect(drawn.match(/<text fill="currentColor"/g)).toHaveLength(12);
});

test("a graph too large to be drawn is refused with what to do instead", async () => {
  await expect(svg(" -> ".repeat(6_000))).rejects.toThrow(
    'Cannot draw "--dag svg": the graph has 6,000 edges\n  Use --rulegraph svg, name fewer targets, or take the text: --dag dot.',
  );
});
