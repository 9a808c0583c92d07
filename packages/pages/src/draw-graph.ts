/** Draws Graphviz text as SVG, with a build of Graphviz that is loaded only here. */
import { cannot } from "../errors.ts";

/** Beyond this the layout takes minutes and the picture cannot be read. */
const mostEdges = 5_000;

export async function svg(dot: string): Promise<string> {
  const edges = dot.match(/ -> /g)?.length ?? 0;
  if (edges > mostEdges)
    throw cannot("draw", "--dag svg", `the graph has ${edges.toLocaleString("en-US")} edges`, {
      hint: "Use --rulegraph svg, name fewer targets, or take the text: --dag dot.",
    });
  const { instance } = await import("@viz-js/viz");
  const drawn = (await instance()).renderString(dot, { format: "svg" });
  // Without a title of its own, a reader that speaks has nothing to say of it.
  return drawn.trimEnd().replace(/<svg[^>]*>/, "$&\n<title>The graph of a workflow</title>");
}
