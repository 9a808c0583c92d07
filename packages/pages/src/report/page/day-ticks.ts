/** Where an axis of days is marked. Days are the finest there is: of few of them, the scale itself would mark noons. */

/** What Plot is told of the axis; the days, since 1970, lie across `width` pixels, with a mark each 80 at most. */
export function dayTicks(days: readonly number[], width: number): { readonly ticks?: "day" } {
  const span = (days.at(-1) ?? 0) - (days[0] ?? 0);
  return span < width / 80 ? { ticks: "day" } : {};
}
