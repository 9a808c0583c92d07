/**
 * Partitions: the days a model is trained on, validated on and tested on.
 * Each is a list of date ranges, both ends inclusive; no day belongs to two of them.
 */

import { type Day, parseDay } from "@braid/data/tables";
import { cannot } from "braid-engine";

/** Both ends inclusive, ISO dates. */
export interface DateRange {
  readonly from: string;
  readonly to: string;
}

/** Ranges by partition name, each list ordered by date. */
export type Partitions = Readonly<Record<string, readonly DateRange[]>>;

/**
 * Reads `2018-01-01..2019-09-30`.
 * @throws where it is not two dates of the calendar with two dots between, or the second comes first.
 */
export function parseRange(text: string): DateRange {
  const [from = "", to = "", ...rest] = text.split("..").map((end) => end.trim());
  const wrong = [from, to].find((end) => parseDay(end) === null);
  if (rest.length > 0 || wrong !== undefined)
    throw cannot(
      "read date range",
      text,
      wrong === undefined || wrong === "" ? "it is not two dates" : `"${wrong}" is not a date`,
      {
        hint: "Write the first and the last day: 2018-01-01..2019-09-30",
      },
    );
  if (to < from)
    throw cannot("read date range", text, "it is empty, since its last day comes before its first", {
      hint: `Did you mean ${to}..${from}?`,
    });
  return { from, to };
}

/** Writes what `parseRange` reads. */
export function formatRange({ from, to }: DateRange): string {
  return `${from}..${to}`;
}

/** Every day of the ranges, in their order. */
export function daysOf(ranges: readonly DateRange[]): Day[] {
  return ranges.flatMap(({ from, to }) => {
    const first = parseDay(from)!;
    return Array.from({ length: parseDay(to)! - first + 1 }, (_, i) => first + i);
  });
}

/**
 * The partitions with their ranges in order of date.
 * @throws where a partition has no range, or where two ranges share a day.
 */
export function checkPartitions(partitions: Partitions): Partitions {
  const all: { name: string; range: DateRange }[] = [];
  for (const [name, ranges] of Object.entries(partitions)) {
    if (ranges.length === 0)
      throw cannot("use partition", name, "it is empty: no date range is given", {
        hint: `Give it a range, partitions.${name}: 2018-01-01..2019-09-30, or a list of them.`,
      });
    all.push(...ranges.map((range) => ({ name, range })));
  }
  all.sort((a, b) => (a.range.from < b.range.from ? -1 : a.range.from > b.range.from ? 1 : 0));
  for (let i = 1; i < all.length; i++) {
    const [earlier, later] = [all[i - 1]!, all[i]!];
    if (later.range.from > earlier.range.to) continue;
    const [last = ""] = [earlier.range.to, later.range.to].sort();
    throw cannot("use partitions", "", `"${earlier.name}" and "${later.name}" overlap`, {
      facts: [
        [earlier.name, formatRange(earlier.range)],
        [later.name, formatRange(later.range)],
        ["both have", formatRange({ from: later.range.from, to: last })],
      ],
      hint: "A day that is trained on may not be scored: make the ranges disjoint.",
    });
  }
  return Object.fromEntries(
    Object.keys(partitions).map((name) => [
      name,
      all.filter((one) => one.name === name).map(({ range }) => range),
    ]),
  );
}
