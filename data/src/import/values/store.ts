/** All values of an import by site, variable and day. Memory: 8 bytes a value, and 8 a row to know where a day came from. */
import { cannot } from "braid-engine";
import { count } from "braid-engine/quantities";
import { type Day, formatDay } from "../../tables/day.ts";
import type { LocalTime } from "../files/time-zone.ts";
import type { Aggregate } from "../mapping/targets.ts";
import { countSteps, type DailyValues, type DayParts, dayParts, type Steps } from "./day-parts.ts";
import { type DaySeries, daySeries } from "./day-series.ts";

/** What is known of a site. */
export interface SiteStore {
  readonly site: string;
  /** Daily values by column of the data folder. */
  readonly values: Map<string, DaySeries>;
  readonly texts: Map<string, Map<Day, string>>;
  readonly attributes: Map<string, string>;
}

interface OpenSite extends SiteStore {
  readonly parts: Map<string, OpenParts>;
  /** By group: the place of each day's row. */
  readonly places: Map<number, DaySeries>;
  /** By group: the steps between its moments. */
  readonly steps: Map<number, Steps>;
}

/** Values of parts of days, with how far apart they are and when their days begin; null where no zone is known. */
interface OpenParts {
  readonly parts: DayParts;
  readonly steps: Steps;
  readonly startOf: ((day: Day) => number) | null;
  readonly minimumShare: number;
}

/** A place in the files, as a number: 2^32 times the file, plus the line. */
type Place = number;
const fileSize = 2 ** 32;

/** Takes the values of all files. */
export interface Store {
  /** The first moments of the days of a group, where its zone is known: how many hours a day has. */
  setDays(group: number, startOf: (day: Day) => number): void;
  /** A row of a site and day, before its values; `once` where a day may have one row of a group only. */
  addRow(site: string, group: number, file: string, line: number, time: LocalTime, once: boolean): void;
  setValue(site: string, target: string, day: Day, value: number, file: string, line: number): void;
  addPart(
    site: string,
    target: string,
    group: number,
    day: Day,
    value: number,
    rule: Aggregate,
    minimumShare: number,
  ): void;
  setText(site: string, target: string, day: Day, text: string): void;
  setAttribute(site: string, target: string, text: string, file: string, line: number): void;
  attribute(site: string, target: string): string | undefined;
  /**
   * All sites in the order of their ids, with daily values made of those of parts of days; and notes about days that have too few
   * or too many. `fail` gets sites with a day that has more values than fit into it.
   */
  finish(fail: (site: string, error: Error) => void): {
    readonly sites: SiteStore[];
    readonly notes: string[];
  };
}

/** An empty store. */
export function openStore(): Store {
  const sites = new Map<string, OpenSite>();
  const files: string[] = [];
  const starts = new Map<number, (day: Day) => number>();
  const placeOf = (file: string, line: number): Place => {
    let at = files.lastIndexOf(file);
    if (at < 0) at = files.push(file) - 1;
    return at * fileSize + line;
  };
  const open = (site: string) => getOr(sites, site, () => newSite(site));
  return {
    setDays: (group, startOf) => starts.set(group, startOf),
    addRow(id, group, file, line, { day, utc }, once) {
      const site = open(id);
      if (!once) {
        getOr(site.steps, group, countSteps).add(utc);
        return;
      }
      const places = getOr(site.places, group, daySeries);
      const before = places.get(day);
      if (!Number.isNaN(before)) {
        const first = `line ${before % fileSize} of ${files[Math.floor(before / fileSize)]}`;
        throw dayTwice(id, day, file, line, first);
      }
      places.set(day, placeOf(file, line));
    },
    setValue(id, target, day, value, file, line) {
      if (Number.isNaN(value)) return;
      const series = getOr(open(id).values, target, daySeries);
      if (!Number.isNaN(series.get(day))) throw valueTwice(id, target, day, file, line);
      series.set(day, value);
    },
    addPart(id, target, group, day, value, rule, minimumShare) {
      if (Number.isNaN(value)) return;
      const site = open(id);
      getOr(site.parts, target, () => ({
        parts: dayParts(rule),
        steps: getOr(site.steps, group, countSteps),
        startOf: starts.get(group) ?? null,
        minimumShare,
      })).parts.add(day, value);
    },
    setText(id, target, day, text) {
      if (text !== "") getOr(open(id).texts, target, () => new Map<Day, string>()).set(day, text);
    },
    setAttribute(id, target, text, file, line) {
      if (text === "") return;
      const { attributes } = open(id);
      const before = attributes.get(target);
      if (before !== undefined && before !== text)
        throw cannot("import", file, `site ${id} has two values of ${target}: ${before} and ${text}`, {
          facts: [["the second", `line ${line} of ${file}`]],
          hint: "An attribute has one value for all days. Write the same in all rows, or leave the column out of the mapping.",
        });
      attributes.set(target, text);
    },
    attribute: (id, target) => sites.get(id)?.attributes.get(target),
    finish: (fail) => ({
      notes: putTogether(sites.values(), fail),
      sites: [...sites.values()].sort((a, b) => (a.site < b.site ? -1 : 1)),
    }),
  };
}

function newSite(site: string): OpenSite {
  return {
    site,
    values: new Map(),
    texts: new Map(),
    attributes: new Map(),
    parts: new Map(),
    places: new Map(),
    steps: new Map(),
  };
}

/** Makes daily values of those of parts of days; returns notes about days that have too few or too many. */
function putTogether(sites: Iterable<OpenSite>, fail: (site: string, error: Error) => void): string[] {
  const notes = new Map<string, number>();
  const note = (what: string, days: number) => notes.set(what, (notes.get(what) ?? 0) + days);
  for (const site of sites)
    for (const [target, { parts, steps, startOf, minimumShare }] of site.parts) {
      const wholeDay = steps.wholeDay();
      const lengths = new Map<string, number>();
      const valuesOf = (day: Day) => {
        if (startOf === null) return wholeDay;
        const [from, to] = [startOf(day), startOf(day + 1)];
        return getOr(lengths, `${from % 1440} ${to - from}`, () => steps.between(from, to));
      };
      const { values, short, long, overfull } = parts.days(wholeDay, valuesOf, minimumShare);
      if (overfull !== null) fail(site.site, tooMany(site.site, target, overfull, wholeDay));
      site.values.set(target, values);
      const percent = Math.round(100 * minimumShare);
      for (const [whole, days] of short)
        note(`${target} is left empty on {days} with fewer than ${percent} % of ${whole} values`, days);
      for (const [whole, days] of long)
        note(
          `${target} has more than ${whole} values on {days}, and all of them count: if clocks do not change then, files overlap or lines are repeated`,
          days,
        );
    }
  return [...notes].map(([what, days]) => what.replace("{days}", `${count(days, "day")} (over all sites)`));
}

function dayTwice(site: string, day: Day, file: string, line: number, first: string): Error {
  return cannot("import", file, `site ${site} has ${formatDay(day)} twice`, {
    facts: [
      ["first", first],
      ["again", `line ${line} of ${file}`],
    ],
    hint: "A site can have each day only once: remove one of the two lines. If the times are in a column of their own, join it with the dates.",
  });
}

function valueTwice(site: string, target: string, day: Day, file: string, line: number): Error {
  const cause = `it gives ${target} of site ${site} on ${formatDay(day)}, and so does another line or file`;
  return cannot("import", file, cause, {
    facts: [["again", `line ${line} of ${file}`]],
    hint: "Leave one of the lines or files out, or take the column out of its mapping.",
  });
}

function tooMany(
  site: string,
  target: string,
  { day, count }: NonNullable<DailyValues["overfull"]>,
  wholeDay: number,
): Error {
  return cannot(
    "import",
    "",
    `site ${site} has ${count} values of ${target} on ${formatDay(day)}, and a day has ${wholeDay} of them`,
    {
      hint: "Duplicate lines look like this: remove them.",
    },
  );
}

function getOr<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
