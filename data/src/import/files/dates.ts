/**
 * The forms in which files write dates, and reading a text in one of them. Which form a column of a file has follows from all
 * of its values: the one that fits most of them, if it is the only one. Values that contradict it are faults of their sites.
 */
import { noSuchDay } from "../../check/date-fault.ts";
import { type Day, parseDay } from "../../tables/day.ts";

/** A day and, where the text says them, the time and the zone. */
export interface Moment {
  readonly day: Day;
  /** Minutes after midnight; null if there is no time. */
  readonly minutes: number | null;
  /** Minutes east of Greenwich; null if the text names no zone. */
  readonly zone: number | null;
}

/** The forms by the names that a mapping gives them; a form may have any of the signs - / . where it has one. */
export const dateForms = {
  "YYYY-MM-DD": /^(?<y>\d{4})([-/.])(?<m>\d{1,2})\2(?<d>\d{1,2})$/,
  // pandas writes whole numbers beside missing ones as 20180131.0.
  YYYYMMDD: /^(?<y>\d{4})(?<m>\d\d)(?<d>\d\d)(\.0+)?$/,
  "DD.MM.YYYY": /^(?<d>\d{1,2})\.(?<m>\d{1,2})\.(?<y>\d{4})$/,
  "DD/MM/YYYY": /^(?<d>\d{1,2})([-/])(?<m>\d{1,2})\2(?<y>\d{4})$/,
  "MM/DD/YYYY": /^(?<m>\d{1,2})([-/])(?<d>\d{1,2})\2(?<y>\d{4})$/,
  "D MMM YYYY": /^(?<d>\d{1,2})[-. ]{1,2}(?<word>\p{L}{3,})\.?[-, ]{1,2}(?<y>\d{4})$/u,
  "MMM D, YYYY": /^(?<word>\p{L}{3,})\.?[- ](?<d>\d{1,2}),?[- ](?<y>\d{4})$/u,
  "YYYY-DDD": /^(?<y>\d{4})-(?<n>\d{3})$/,
} as const;

/** The name of a form. */
export type DateForm = keyof typeof dateForms;

export const dateFormNames = Object.keys(dateForms) as DateForm[];

const timeAfter =
  /[T ]\s*(?<h>\d{1,2}):(?<min>\d\d)(?::(?<s>\d\d(?:[.,]\d+)?))?\s*(?<half>[AP]M)?\s*(?<zone>Z|UTC|GMT|[+-]\d\d:?(?:\d\d)?)?$/i;

/** Hours, and minutes, glued to the digits of a day: 2001020312. */
const glued = /^(\d{8})(\d\d)(\d\d)?$/;

/** Reads a text as a date of a form, perhaps with a time after it; null for any other text. */
export function readDate(text: string, form: DateForm): Moment | null {
  return readParts(text, splitTime(text), form);
}

/** What is wrong with a text that is not a date of a form: a sentence that begins with the text. */
export function dateFault(text: string, form: DateForm): string {
  if (text === "") return "its date is empty";
  const { day, time } = splitTime(text);
  const { y, m, d, word } = (dateForms[form].exec(day)?.groups ?? {}) as Record<string, string | undefined>;
  const month = word === undefined ? Number(m) : monthOf(word);
  if (y !== undefined && d !== undefined && month !== null) {
    const none = noSuchDay(y, month, Number(d));
    if (none !== null) return `"${text}": ${none}`;
    if (time === "none") return `"${text}": it is not a time of day, which is between 00:00 and 24:00`;
  }
  return `"${text}" is not a date in the format ${form}`;
}

const totals = /^(sum|summe|total|mean|mittel|average|avg|median|minimum|min|maximum|max|count|std)\b/i;

/** What to do about a text that is not a date. */
export function dateHint(text: string): string {
  return totals.test(text)
    ? "Remove lines of totals and means."
    : "Write all dates of a file in one format, preferably 2018-01-31, and only days that exist.";
}

/** A text before its time of day, and that time: null where there is none, "none" for one that no clock shows. */
interface Parts {
  readonly day: string;
  readonly time: Pick<Moment, "minutes" | "zone"> | null | "none";
}

function splitTime(text: string): Parts {
  const found = timeAfter.exec(text);
  if (found === null) return { day: text, time: null };
  const { h, min, s = "0", half, zone } = found.groups as Record<string, string | undefined>;
  const hours = half === undefined ? Number(h) : (Number(h) % 12) + (/p/i.test(half) ? 12 : 0);
  const day = text.slice(0, found.index);
  if (hours > 24 || Number(min) > 59 || (hours === 24 && Number(min) > 0)) return { day, time: "none" };
  const minutes = hours * 60 + Number(min) + Number(s!.replace(",", ".")) / 60;
  return { day, time: { minutes, zone: zoneOf(zone) } };
}

function readParts(text: string, parts: Parts, form: DateForm): Moment | null {
  const compact = form === "YYYYMMDD" ? glued.exec(text) : null;
  const { day: dayText, time } =
    compact === null ? parts : splitTime(`${compact[1]} ${compact[2]}:${compact[3] ?? "00"}`);
  const day = readDay(dayText, form);
  if (day === null || time === "none") return null;
  return { day, minutes: time?.minutes ?? null, zone: time?.zone ?? null };
}

function readDay(text: string, form: DateForm): Day | null {
  const groups = dateForms[form].exec(text)?.groups;
  if (groups === undefined) return null;
  const { y, m, d, word, n } = groups as Record<string, string | undefined>;
  if (n !== undefined) {
    const first = parseDay(`${y}-01-01`);
    const next = parseDay(`${Number(y) + 1}-01-01`);
    if (first === null || next === null || Number(n) < 1 || first + Number(n) > next) return null;
    return first + Number(n) - 1;
  }
  const month = word === undefined ? Number(m) : monthOf(word);
  return month === null ? null : parseDay(`${y}-${String(month).padStart(2, "0")}-${d!.padStart(2, "0")}`);
}

function zoneOf(text: string | undefined): number | null {
  if (text === undefined) return null;
  const [, sign, hours, minutes = "0"] = /^([+-])(\d\d):?(\d\d)?$/.exec(text) ?? [];
  return sign === undefined ? 0 : (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
}

let months: Map<string, number> | undefined;

/** The month that a word names, in full or by its first letters, in the languages of most archives. */
function monthOf(word: string): number | null {
  months ??= new Map(
    ["en", "de", "fr", "es", "it", "pt", "nl", "sv", "pl"].flatMap((language) =>
      (["long", "short"] as const).flatMap((length) => {
        const format = new Intl.DateTimeFormat(language, { month: length, day: "numeric", timeZone: "UTC" });
        return Array.from({ length: 12 }, (_, i) => {
          const parts = format.formatToParts(Date.UTC(2001, i, 1));
          const name = parts.find(({ type }) => type === "month")?.value ?? "";
          return [plain(name), i + 1] as const;
        });
      }),
    ),
  );
  return months.get(plain(word)) ?? null;
}

function plain(word: string): string {
  return word
    .normalize("NFD")
    .toLowerCase()
    .replaceAll(/[^a-z]/g, "");
}

/** The forms that the values of a column allow, and what the values were. */
export interface DateProfile {
  /** The forms that most values have, and none has oftener: one, unless the values may be read in several ways. */
  readonly forms: ReadonlySet<DateForm>;
  /** For a form that a value contradicts: the first such text and its line. */
  readonly against: ReadonlyMap<DateForm, { readonly text: string; readonly line: number }>;
  /** How many values there are, a value that repeats the one before not counted, and how many each form fits. */
  readonly counted: number;
  readonly fits: ReadonlyMap<DateForm, number>;
  /** Some values have a zone; the times of day that occur, up to three. */
  readonly zoned: boolean;
  readonly times: ReadonlySet<number>;
  /** For a form: how often a value is the day before or after the last one in this form and in no other. */
  readonly steps: ReadonlyMap<DateForm, number>;
}

/** Takes the values of a column one by one. */
export interface DateGuesser extends DateProfile {
  add(text: string, line: number): void;
  /** Whether some value was a date. */
  readonly isDate: boolean;
  /** Adds what another guesser has seen. */
  merge(other: DateProfile): void;
}

/** A column with no date among so many values has none. */
const valuesTried = 1000;

/** The shortest date: 1.1.2001. */
const shortest = 8;

/** A guesser that has seen nothing: all forms are possible. */
export function guessDates(): DateGuesser {
  const fits = new Map(dateFormNames.map((form) => [form, 0]));
  const against = new Map<DateForm, { text: string; line: number }>();
  const times = new Set<number>();
  const steps = new Map<DateForm, number>();
  let [zoned, counted, most, before, last] = [false, 0, 0, "", [] as Day[]];
  const addTime = (minutes: number) => {
    if (times.size < 3) times.add(minutes);
  };
  return {
    fits,
    against,
    times,
    steps,
    get counted() {
      return counted;
    },
    get zoned() {
      return zoned;
    },
    get isDate() {
      return most > 0;
    },
    get forms() {
      const none = counted > 0 && 2 * most <= counted;
      return new Set(none ? [] : dateFormNames.filter((form) => fits.get(form) === most));
    },
    add(text, line) {
      // Files sorted by date repeat a date for every site.
      if (text === before || (most === 0 && counted >= valuesTried)) return;
      before = text;
      counted++;
      const parts = text.length < shortest ? null : splitTime(text);
      const days = new Map<DateForm, Day>();
      for (const form of dateFormNames) {
        const moment = parts === null ? null : readParts(text, parts, form);
        if (moment === null && !against.has(form)) against.set(form, { text, line });
        if (moment === null) continue;
        days.set(form, moment.day);
        addTo(fits, form, 1);
        most = Math.max(most, fits.get(form)!);
        addTime(moment.minutes ?? 0);
        zoned ||= moment.zone !== null;
      }
      countStep(steps, days, last);
      last = [...days.values()];
    },
    merge(other) {
      counted += other.counted;
      for (const [form, count] of other.fits) addTo(fits, form, count);
      most = Math.max(...fits.values());
      for (const [form, first] of other.against) if (!against.has(form)) against.set(form, first);
      for (const minutes of other.times) addTime(minutes);
      for (const [form, count] of other.steps) addTo(steps, form, count);
      zoned ||= other.zoned;
    },
  };
}

/** Counts a value that is next to the last one, where only one form says so. */
function countStep(
  steps: Map<DateForm, number>,
  days: ReadonlyMap<DateForm, Day>,
  last: readonly Day[],
): void {
  const near = [...days].filter(([, day]) => last.some((other) => Math.abs(day - other) === 1));
  if (near.length === 1) addTo(steps, near[0]![0], 1);
}

function addTo(counts: Map<DateForm, number>, form: DateForm, count: number): void {
  counts.set(form, (counts.get(form) ?? 0) + count);
}
