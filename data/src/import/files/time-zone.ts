/** On which day of a time zone a moment falls. */
import type { Day } from "../../tables/day.ts";
import type { Moment } from "./dates.ts";

/** The day in the zone whose days are meant, and the moment. */
export interface LocalTime {
  readonly day: Day;
  /** Minutes since 1970 in UTC; as they are written where no zone is known. */
  readonly utc: number;
}

/**
 * Converts moments to the days of `zone`. A moment that names no zone is in `written`, or is local time already where that
 * is null too; without `zone` the day is the one that is written.
 */
export function localiser(zone: string | null, written: string | null): (moment: Moment) => LocalTime {
  const there = zone === null ? null : offsets(zone);
  const here = written === null ? null : offsets(written);
  return ({ day, minutes, zone: own }) => {
    const plain = day * 1440 + (minutes ?? 0);
    if (there === null || minutes === null) return { day: dayOf(plain), utc: plain };
    // Local time already: its day is the one that is written.
    if (own === null && here === null) return { day: dayOf(plain), utc: toUtc(plain, there) };
    const utc = own === null ? toUtc(plain, here!) : plain - own;
    return { day: dayOf(utc + there(utc)), utc };
  };
}

/** The first moment of each day of a zone, in minutes since 1970 in UTC: days have 23 or 25 hours when clocks change. */
export function dayStarts(zone: string): (day: Day) => number {
  const offset = offsets(zone);
  const known = new Map<Day, number>();
  return (day) => {
    let start = known.get(day);
    if (start === undefined) {
      // Clocks may change at midnight: then one of the two offsets leads to another day.
      const plain = day * 1440;
      const moments = [plain - 1440, plain + 1440].map((near) => plain - offset(near));
      start = Math.min(...moments.filter((utc) => dayOf(utc + offset(utc)) === day));
      if (start === Number.POSITIVE_INFINITY) start = toUtc(plain, offset);
      known.set(day, start);
    }
    return start;
  };
}

function toUtc(plain: number, offset: (utc: number) => number): number {
  return plain - offset(plain - offset(plain));
}

function dayOf(minutes: number): Day {
  return Math.floor(minutes / 1440);
}

/** The offset of a zone (minutes east of Greenwich) at a moment (minutes since 1970 UTC), kept for each hour. */
function offsets(zone: string): (utc: number) => number {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    hourCycle: "h23",
    ...{ year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit" },
  });
  const known = new Map<number, number>();
  return (utc) => {
    const hour = Math.floor(utc / 60);
    let offset = known.get(hour);
    if (offset === undefined) {
      const parts = new Map(
        format.formatToParts(hour * 3_600_000).map(({ type, value }) => [type, Number(value)]),
      );
      const local = Date.UTC(
        parts.get("year")!,
        parts.get("month")! - 1,
        parts.get("day"),
        parts.get("hour"),
        parts.get("minute"),
      );
      offset = local / 60_000 - hour * 60;
      known.set(hour, offset);
    }
    return offset;
  };
}
