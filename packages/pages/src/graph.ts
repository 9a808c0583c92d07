/** Draws graphs as SVG, with a build of Graphviz that is loaded only here. */
import { cannot, type Graph, graphText } from "braid-engine/inspect";
import { withCommas } from "braid-engine/quantities";

/** Larger graphs take minutes to lay out and cannot be read. */
const mostEdges = 5_000;

/** An SVG file from Graphviz text. */
export async function svg(dot: string): Promise<string> {
  const edges = dot.match(/ -> /g)?.length ?? 0;
  if (edges > mostEdges)
    throw cannot("draw", "--dag svg", `the graph has ${withCommas(edges)} edges`, {
      hint: "Use --rulegraph svg, name fewer targets, or take the text: --dag dot.",
    });
  const { instance } = await import("@viz-js/viz");
  const drawn = (await instance()).renderString(dot, { format: "svg" });
  // Screen readers read the title.
  return drawn.trimEnd().replace(/<svg[^>]*>/, "$&\n<title>The graph of a workflow</title>");
}

/** The drawing for a page: without background and tooltips, its text in the page's colour. */
export async function drawing(graph: Graph): Promise<string> {
  const file = await svg(graphText(graph, "svg"));
  const at = file.indexOf("<svg");
  if (at < 0) throw cannot("draw", "the graph of rules", "Graphviz gave no drawing");
  return file
    .slice(at)
    .replace(/<title>[^<]*<\/title>\n?/g, "")
    .replace(/<!--[\s\S]*?-->\n?/g, "")
    .replace(/<polygon fill="white"[^>]*>\n?/, "")
    .replaceAll("<text ", '<text fill="currentColor" ');
}
