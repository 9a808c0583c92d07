/** Graphs without the arrows that others imply, which hide the rest when they are drawn. */

type Edge<Node> = readonly [from: Node, to: Node];

/** The edges that no longer way replaces; of a cycle, as many as its nodes need. */
export function withoutImplied<Node>(edges: readonly Edge<Node>[]): readonly Edge<Node>[] {
  const next = Map.groupBy(edges, ([from]) => from);
  const reaches = (from: Node, to: Node, seen: Set<Node>): boolean =>
    (next.get(from) ?? []).some(([, middle]) => {
      if (middle === to) return true;
      if (seen.has(middle)) return false;
      seen.add(middle);
      return reaches(middle, to, seen);
    });
  return edges.filter((edge) => {
    const [from, to] = edge;
    const others = next.get(from)!.filter((other) => other !== edge);
    next.set(from, others);
    const isImplied = reaches(from, to, new Set([from]));
    if (!isImplied) next.set(from, [...others, edge]);
    return !isImplied;
  });
}
