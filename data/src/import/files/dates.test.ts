import { describe, expect, it } from "vitest";
import { formatDay, parseDay } from "../../tables/day.ts";
import { type DateForm, guessDates, readDate } from "./dates.ts";
import { dayStarts, localiser } from "./time-zone.ts";

const read = (text: string, form: DateForm) => {
  const moment = readDate(text, form);
  return moment === null ? null : [formatDay(moment.day), moment.minutes, moment.zone];
};

describe("a text of a form", () => {
  it.each([
    ["2001-02-03", "YYYY-MM-DD", ["2001-02-03", null, null]],
    ["2001-2-3", "YYYY-MM-DD", ["2001-02-03", null, null]],
    ["03.02.2001", "DD.MM.YYYY", ["2001-02-03", null, null]],
    ["2/25/2001", "MM/DD/YYYY", ["2001-02-25", null, null]],
    ["3 Feb 2001", "D MMM YYYY", ["2001-02-03", null, null]],
    ["3. März 2001", "D MMM YYYY", ["2001-03-03", null, null]],
    ["3 août 2001", "D MMM YYYY", ["2001-08-03", null, null]],
    ["Dec 3, 2001", "MMM D, YYYY", ["2001-12-03", null, null]],
    ["2000-366", "YYYY-DDD", ["2000-12-31", null, null]],
    ["2001-366", "YYYY-DDD", null],
    ["2001-02-29", "YYYY-MM-DD", null],
    ["29/02/2001", "DD/MM/YYYY", null],
    ["3 Foo 2001", "D MMM YYYY", null],
    ["2001-02-03T04:30:00Z", "YYYY-MM-DD", ["2001-02-03", 270, 0]],
    ["2001-02-03 04:30:15.5+01:00", "YYYY-MM-DD", ["2001-02-03", 270.258_333_333_333_3, 60]],
    ["2/3/2001 4:30 PM", "MM/DD/YYYY", ["2001-02-03", 990, null]],
    ["2/3/2001 12:05 AM", "MM/DD/YYYY", ["2001-02-03", 5, null]],
    ["2001020304", "YYYYMMDD", ["2001-02-03", 240, null]],
    ["200102030430", "YYYYMMDD", ["2001-02-03", 270, null]],
    ["2001-02-03 25:00", "YYYY-MM-DD", null],
    ["2001-02-03 24:30", "YYYY-MM-DD", null],
  ] as const)("%s as %s", (text, form, moment) => {
    expect(read(text, form)).toEqual(moment);
  });
});

it("the forms of a column are those that no value contradicts", () => {
  const column = guessDates();
  column.add("03/02/2001", 2);
  expect([...column.forms]).toEqual(["DD/MM/YYYY", "MM/DD/YYYY"]);
  column.add("25/02/2001", 3);
  expect([...column.forms]).toEqual(["DD/MM/YYYY"]);
  expect(column.against.get("MM/DD/YYYY")).toEqual({ text: "25/02/2001", line: 3 });
});

describe("the day of a moment", () => {
  const at = (text: string, zone: string | null, written: string | null = null) => {
    const { day, utc } = localiser(zone, written)(readDate(text, "YYYY-MM-DD")!);
    return `${formatDay(day)}, ${new Date(utc * 60_000).toISOString().slice(0, 16)}`;
  };

  it("is the one that is written where no zone is asked for", () => {
    expect(at("2001-02-03 23:00Z", null)).toBe("2001-02-03, 2001-02-03T23:00");
    expect(at("2001-02-03 23:00", "Europe/Berlin")).toBe("2001-02-03, 2001-02-03T22:00");
    expect(at("2001-02-03", "Europe/Berlin")).toBe("2001-02-03, 2001-02-03T00:00");
  });

  it("is that of the zone, in winter and in summer", () => {
    expect(at("2001-02-03 23:30Z", "Europe/Berlin")).toBe("2001-02-04, 2001-02-03T23:30");
    expect(at("2001-07-03 21:30Z", "Europe/Berlin")).toBe("2001-07-03, 2001-07-03T21:30");
    expect(at("2001-07-03 22:30Z", "Europe/Berlin")).toBe("2001-07-04, 2001-07-03T22:30");
    expect(at("2001-02-03 02:00+01:00", "America/New_York")).toBe("2001-02-02, 2001-02-03T01:00");
    expect(at("2001-02-03 02:00", "America/New_York", "UTC")).toBe("2001-02-02, 2001-02-03T02:00");
    expect(at("2001-07-03 02:00", "UTC", "Europe/Berlin")).toBe("2001-07-03, 2001-07-03T00:00");
  });

  it("begins with the hour that ends the day before", () => {
    expect(at("2001-02-03 24:00", "UTC")).toBe("2001-02-04, 2001-02-04T00:00");
  });
});

it.each([
  ["Europe/Berlin", "2001-03-25", 23],
  ["Europe/Berlin", "2001-10-28", 25],
  ["Europe/Berlin", "2001-06-01", 24],
  ["America/New_York", "2001-04-01", 23],
  // Clocks change at midnight.
  ["America/Sao_Paulo", "2001-10-14", 23],
  ["America/Sao_Paulo", "2001-02-17", 25],
  ["America/Sao_Paulo", "2001-02-18", 24],
  ["Australia/Lord_Howe", "2001-03-25", 24.5],
  ["+01:00", "2001-03-25", 24],
])("a day of %s, %s, has %s hours", (zone, date, hours) => {
  const start = dayStarts(zone);
  const day = parseDay(date)!;
  expect((start(day + 1) - start(day)) / 60).toBe(hours);
});
