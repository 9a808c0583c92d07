/**
 * Prepares a site as its config says: `prepare`, or with `fillGaps` on the drivers with their short gaps interpolated and
 * without the windows that have longer ones. Such a window is left out whole, in every partition and also for a gap in its
 * run-in: its days are neither trained on nor scored, and no scale rests on them.
 */
import type { SiteRecord } from "@braid/data/records";
import { type Day, formatDay } from "@braid/data/tables";
import { cannot } from "braid-engine";
import { count } from "braid-engine/quantities";
import type { Exclusion } from "./exclusions.ts";
import { closeGaps, type FillGaps, type Gap, gapIn, why } from "./gaps.ts";
import { filledReason, leftOutReason } from "./left-out.ts";
import { type DateRange, formatRange, type Partitions } from "./partitions.ts";
import { type Preparation, type PrepareSpec, prepare } from "./prepare.ts";
import { cutsAgain, cutTrainAgain, type TrainSequence } from "./train-windows.ts";
import { prepareUnscaled } from "./unscaled.ts";
import { type Sequence, tile, type Window } from "./windows.ts";

/** What the preparation of a site depends on beside its data; `fillGaps` is absent if any gap is an error. */
export interface SiteSpec extends PrepareSpec {
  readonly sequence: TrainSequence;
  readonly fillGaps?: FillGaps;
  /** If the site is one of a unit: its values stay in physical units, which pool_io_data scales by this. */
  readonly targets?: "site" | "unit";
}

/** What became of the gaps at a site. */
export interface GapCount {
  /** Interpolated values of the windows that are used, by driver. */
  readonly filled: Readonly<Record<string, number>>;
  /** Windows left out, the days of the partition in them, and all windows. */
  readonly left: Readonly<
    Record<string, { readonly windows: number; readonly days: number; readonly of: number }>
  >;
}

export interface SitePreparation extends Preparation {
  /** The days that are trained on or scored: all of the partitions' days without `fillGaps`. */
  readonly kept: Partitions;
  /** What was interpolated, for the log. */
  readonly notes: readonly string[];
  /** Null without `fillGaps`. */
  readonly gaps: GapCount | null;
}

interface Sorted {
  readonly partition: string;
  readonly windows: readonly { readonly window: Window; readonly gap: Gap | null }[];
  readonly kept: readonly Window[];
  /** The interpolated days of the windows that are kept. */
  readonly filled: readonly Gap[];
}

/**
 * Prepares one site.
 * @throws what `prepare` throws, or if a partition has no window without a gap.
 */
export function prepareSite(
  drivers: SiteRecord,
  observations: SiteRecord,
  { fillGaps, ...spec }: SiteSpec,
): SitePreparation {
  if (fillGaps === undefined)
    return { ...prepareWindows(drivers, observations, spec), kept: spec.partitions, notes: [], gaps: null };
  const { record, filled, open } = closeGaps(drivers, spec.drivers, fillGaps);
  const sorted = sortWindows(drivers, record, open, spec, fillGaps).map((one) => ({
    ...one,
    filled: filledIn(one.kept, filled),
  }));
  const kept = Object.fromEntries(
    sorted.map((one) => [one.partition, rangesOf(one.kept, spec.sequence)] as const),
  );
  const { prepared, exclusions, warnings } = prepareWindows(record, observations, {
    ...spec,
    partitions: kept,
  });
  const lost = sorted.flatMap(({ partition, windows }) =>
    windows.flatMap(({ window, gap }) =>
      gap === null ? [] : [{ partition, window, reason: why(gap, fillGaps, drivers) }],
    ),
  );
  return {
    ...{ prepared, kept },
    exclusions: [
      ...exclusions,
      ...lost.flatMap(({ partition, window, reason }) =>
        spec.variables.map((variable) =>
          rowOf(variable, partition, window.first, window.end, leftOutReason(reason)),
        ),
      ),
      ...sorted.flatMap(({ partition, filled }) =>
        filled.map(({ driver, first, last }) => rowOf(driver!, partition, first, last, filledReason)),
      ),
    ],
    warnings: [...warnings, ...warningsOf(drivers.site, lost)],
    notes: notesOf(
      drivers.site,
      sorted.flatMap((one) => one.filled),
    ),
    gaps: countGaps(sorted),
  };
}

/** Prepares complete drivers, for a model of the site or of several sites, with the train windows that the sequence asks for. */
function prepareWindows(
  drivers: SiteRecord,
  observations: SiteRecord,
  { targets, ...spec }: Omit<SiteSpec, "fillGaps">,
): Preparation {
  const preparation =
    targets === undefined
      ? prepare(drivers, observations, spec)
      : prepareUnscaled(drivers, observations, { ...spec, targets });
  if (!cutsAgain(spec.sequence)) return preparation;
  const prepared = cutTrainAgain(preparation.prepared, spec.partitions.train!, spec.sequence);
  return { ...preparation, prepared };
}

/** The windows of each partition, and those that have no gap. @throws if there are none. */
function sortWindows(
  drivers: SiteRecord,
  closed: SiteRecord,
  open: readonly Gap[],
  { partitions, sequence }: PrepareSpec,
  rule: FillGaps,
): Omit<Sorted, "filled">[] {
  return Object.entries(partitions).map(([partition, ranges]) => {
    const windows = tile(ranges, closed.days[0]!, sequence).map((window) => ({
      window,
      gap: gapIn(window, closed, open),
    }));
    const kept = windows.filter(({ gap }) => gap === null).map(({ window }) => window);
    if (kept.length === 0) throw noWindow(drivers, partition, windows.length, windows[0]!.gap!, rule);
    return { partition, windows, kept };
  });
}

interface Lost {
  readonly partition: string;
  readonly window: Window;
  readonly reason: string;
}

/** One warning for all windows of a site: a run may have hundreds of sites. */
function warningsOf(site: string, lost: readonly Lost[]): string[] {
  if (lost.length === 0) return [];
  const windows = lost.map(
    ({ partition, window, reason }) => `${formatRange(rangeOf(window))} of ${partition} (${reason})`,
  );
  return [
    `site ${site}: ${count(lost.length, "window")} with gaps in the drivers left out: ${named(windows)}`,
  ];
}

function countGaps(sorted: readonly Sorted[]): GapCount {
  const lost = ({ partition, windows }: Sorted) => {
    const left = windows.filter(({ gap }) => gap !== null);
    const days = left.reduce((sum, { window }) => sum + window.end - window.first + 1, 0);
    return [partition, { windows: left.length, days, of: windows.length }] as const;
  };
  return {
    filled: daysByDriver(sorted.flatMap(({ filled }) => filled)),
    left: Object.fromEntries(sorted.map(lost)),
  };
}

/** The parts of the filled gaps that lie in windows, each day once. */
function filledIn(windows: readonly Window[], filled: readonly Gap[]): Gap[] {
  return filled.flatMap(({ driver, first, last }) => {
    const parts: Gap[] = [];
    for (let day = first; day <= last; day++) {
      if (!windows.some(({ start, end }) => start <= day && day <= end)) continue;
      const before = parts.at(-1);
      if (before?.last === day - 1) parts[parts.length - 1] = { ...before, last: day };
      else parts.push({ driver, first: day, last: day });
    }
    return parts;
  });
}

/**
 * The ranges that are tiled into `windows`: a window ends a range if the next one does not follow it, or if it is shorter
 * than a block, as the last one of a range is.
 */
function rangesOf(windows: readonly Window[], { length, warmup }: Sequence): DateRange[] {
  const ranges: { first: Day; end: Day; whole: boolean }[] = [];
  for (const { first, end } of windows) {
    const before = ranges.at(-1);
    const whole = end - first + 1 === length - warmup;
    if (before?.whole && before.end === first - 1) Object.assign(before, { end, whole });
    else ranges.push({ first, end, whole });
  }
  return ranges.map(({ first, end }) => ({ from: formatDay(first), to: formatDay(end) }));
}

function rangeOf({ first, end }: Window): DateRange {
  return { from: formatDay(first), to: formatDay(end) };
}

function rowOf(column: string, partition: string, first: Day, last: Day, reason: string): Exclusion {
  const { from, to } = rangeOf({ start: first, first, end: last });
  return { column, partition, from, to, days: last - first + 1, reason };
}

function notesOf(site: string, filled: readonly Gap[]): string[] {
  if (filled.length === 0) return [];
  const gaps = filled.map(
    ({ driver, first, last }) => `${driver} ${formatRange({ from: formatDay(first), to: formatDay(last) })}`,
  );
  const days = Object.entries(daysByDriver(filled)).map(
    ([driver, days]) => `${count(days, "day")} of ${driver}`,
  );
  return [`site ${site}: ${days.join(", ")} interpolated: ${named(gaps)}`];
}

/** A list for a message; the table of exclusions has all of it. */
function named(texts: readonly string[]): string {
  const more = texts.length > mostNamed ? ` and ${texts.length - mostNamed} more in excluded.csv` : "";
  return `${texts.slice(0, mostNamed).join(", ")}${more}`;
}

const mostNamed = 10;

function daysByDriver(gaps: readonly Gap[]): Record<string, number> {
  const days: Record<string, number> = {};
  for (const { driver, first, last } of gaps) days[driver!] = (days[driver!] ?? 0) + last - first + 1;
  return days;
}

function noWindow(drivers: SiteRecord, partition: string, windows: number, gap: Gap, rule: FillGaps): Error {
  return cannot(
    "prepare site",
    drivers.site,
    `every window of partition "${partition}" has a gap in its drivers`,
    {
      facts: [
        ["file", drivers.file],
        ["windows", String(windows)],
        ["in the first", why(gap, rule, drivers)],
        ["fillGaps", count(rule.days, "day")],
      ],
      hint: "Fill the drivers, or choose other days for the partition; with shorter windows (sequence.length), a gap costs fewer days.",
    },
  );
}
