/** Rules in layers: which arrows are drawn between them, and how far from the sources each rule stands. */
import type { Report } from "../src/report.ts";

type Edges = Report["graph"]["edges"];

/** The edges that no longer way replaces. */
export function withoutImplied(edges: Edges): Edges {
  const next = Map.groupBy(edges, ([from]) => from);
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (next.get(from) ?? []).some(([, middle]) => {
      if (middle === to) return true;
      if (seen.has(middle)) return false;
      seen.add(middle);
      return reaches(middle, to, seen);
    });
  return edges.filter(
    ([from, to]) => !(next.get(from) ?? []).some(([, other]) => other !== to && reaches(other, to)),
  );
}

/** The longest way from a source to each rule. */
export function depths(names: readonly string[], edges: Edges): Map<string, number> {
  const depth = new Map(names.map((name) => [name, 0]));
  for (let changed = true, round = 0; changed && round <= names.length; round++) {
    changed = false;
    for (const [from, to] of edges) {
      const least = depth.get(from)! + 1;
      if (depth.get(to)! < least) {
        depth.set(to, least);
        changed = true;
      }
    }
  }
  return depth;
}

/**
 * Where an arrow that would cross a row at `wanted` can pass between its boxes, left and right ends given: the nearest
 * such place within the drawing; `wanted` where there is none.
 */
export function passage(
  wanted: number,
  boxes: readonly (readonly [left: number, right: number])[],
  gap: number,
  width: number,
): number {
  const isFree = (x: number) =>
    x > 0 && x < width && boxes.every(([left, right]) => x < left - gap / 4 || x > right + gap / 4);
  const places = [wanted, ...boxes.flatMap(([left, right]) => [left - gap / 2, right + gap / 2])];
  return places.filter(isFree).sort((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted))[0] ?? wanted;
}
