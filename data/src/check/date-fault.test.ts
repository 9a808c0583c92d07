import { describe, expect, it } from "vitest";
import { parseDay } from "../tables/day.ts";
import { dateFault } from "./date-fault.ts";
import { edited, found } from "./testing.ts";

const not = "a date is not written like 2018-01-31";

describe("each way to write a date that is none has a sentence of its own", () => {
  it.each([
    [
      "2015-02-29",
      "there is no 29 February 2015: does the calendar make every year a leap year, or have 360 days?",
    ],
    ["2015-02-30", "there is no 30 February 2015: does the calendar have 360 days?"],
    ["2015-04-31", "there is no 31 April 2015"],
    ["2015-13-01", "there is no month 13: are day and month swapped?"],
    [
      "2015-01-01T13:00",
      "a date has a time of day: aggregate the values to one line per day, written like 2018-01-31",
    ],
    [
      "2015-01-01 05:15:00",
      "a date has a time of day: aggregate the values to one line per day, written like 2018-01-31",
    ],
    ["2015-01-01 00:00:00", "a date has a time, midnight: write only the day, like 2018-01-31"],
    [
      "2015-01-01T00:00:00.000Z",
      "a date has a time and a time zone: the zone decides the day of a value, so write only days, like 2018-01-31",
    ],
    [
      "2015-01-01T00:00:00-05:00",
      "a date has a time and a time zone: the zone decides the day of a value, so write only days, like 2018-01-31",
    ],
    [
      "2015-01-01 00:00:00 UTC",
      "a date has a time and a time zone: the zone decides the day of a value, so write only days, like 2018-01-31",
    ],
    ["20150101", `${not}: it has no hyphens`],
    ["1/31/2015", `${not}: the year is not first, and days may be taken for months`],
    ["31.01.2015", `${not}: the year is not first, and days may be taken for months`],
    ["2015/01/31", `${not}: months and days need two digits and hyphens`],
    ["2015-1-31", `${not}: months and days need two digits and hyphens`],
    ["2015-031", `${not}: it looks like a year with a day of the year`],
    ["42035", `${not}: it looks like the day number of a spreadsheet`],
    ["31-Jan-2015", `${not}: the month is a word`],
    ["", "a date is empty"],
    ["Ice", not],
  ])("%s", (text, message) => {
    expect(parseDay(text)).toBeNull();
    expect(dateFault(text)).toBe(message);
  });
});

describe("decimal commas and other separators", () => {
  const error = (text: string) => text.split("\n").map((line) => `error obs_file.csv${line}`);

  it("in a quoted field", async () => {
    const observations = edited("observations", (rows) => {
      rows[5] = '01022500,2001-01-06,"5,5",2';
    });
    expect(await found({ observations })).toEqual(
      error(" 01022500: discharge_cms has a comma: write decimals with a point"),
    );
  });

  it("that make more fields", async () => {
    const observations = edited("observations", (rows) => {
      rows[5] = "01022500,2001-01-06,5,5,2,25";
    });
    expect(await found({ observations })).toEqual(
      error(
        " 01022500: a line does not have the 4 fields of the header: are decimals written with a comma? Write a point",
      ),
    );
  });

  it.each([
    [";", "semicolons"],
    ["\t", "tabs"],
    ["|", "bars"],
  ])("%j for commas", async (sign, name) => {
    const sentence = `fields are separated by ${name}: separate them by commas, and write decimals with a point`;
    const observations = edited("observations", () => {}).replaceAll(",", sign);
    expect(await found({ observations })).toContain(`error obs_file.csv: ${sentence}`);
    expect(await found({ sites: `site_id${sign}name\n01022500${sign}x\n` })).toContain(
      `error sites.csv: ${sentence}`,
    );
    const line = edited("observations", (rows) => {
      rows[5] = rows[5]!.replaceAll(",", sign);
    });
    expect((await found({ observations: line })).join("\n")).toContain(
      `a line does not have the 4 fields of the header: ${sentence}`,
    );
  });
});
