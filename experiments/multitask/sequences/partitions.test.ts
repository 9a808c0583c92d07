import { describe, expect, test } from "vitest";
import { checkPartitions, daysOf, parseRange } from "./partitions.ts";

describe("a date range", () => {
  test("has both ends", () => {
    expect(parseRange("2018-01-01..2019-09-30")).toEqual({ from: "2018-01-01", to: "2019-09-30" });
    expect(daysOf([parseRange("2020-02-28..2020-03-01")])).toHaveLength(3);
    expect(daysOf([parseRange("2020-02-28..2020-02-28")])).toHaveLength(1);
  });

  test.each([
    ["2018-01-01", 'Cannot read date range "2018-01-01": it is not two dates'],
    ["2018-01-01..2019-09-31", 'Cannot read date range "2018-01-01..2019-09-31": "2019-09-31" is not a date'],
    ["2018-01-01..2018-02-01..2018-03-01", "it is not two dates"],
    ["2019-01-01..2018-12-31", "it is empty, since its last day comes before its first"],
  ])("%j is refused", (text, message) => expect(() => parseRange(text)).toThrow(message));
});

describe("partitions", () => {
  const ranges = (...texts: string[]) => texts.map(parseRange);

  test("keep their names and put their ranges in order", () => {
    const partitions = checkPartitions({
      train: ranges("2019-01-01..2019-12-31"),
      validation: ranges("2020-03-01..2020-03-31", "2020-01-01..2020-01-31"),
    });
    expect(Object.keys(partitions)).toEqual(["train", "validation"]);
    expect(partitions.validation!.map(({ from }) => from)).toEqual(["2020-01-01", "2020-03-01"]);
  });

  test("that touch are disjoint", () => {
    expect(() =>
      checkPartitions({
        train: ranges("2019-01-01..2019-12-31"),
        validation: ranges("2020-01-01..2020-12-31"),
      }),
    ).not.toThrow();
  });

  test("that share a day are refused, with the days", () => {
    expect(() =>
      checkPartitions({
        train: ranges("2018-01-01..2019-09-30"),
        validation: ranges("2020-01-01..2020-01-31", "2019-09-30..2019-10-31"),
      }),
    ).toThrow(
      [
        'Cannot use partitions: "train" and "validation" overlap',
        "  train       2018-01-01..2019-09-30",
        "  validation  2019-09-30..2019-10-31",
        "  both have   2019-09-30..2019-09-30",
      ].join("\n"),
    );
  });

  test("whose own ranges share a day are refused", () => {
    expect(() =>
      checkPartitions({ train: ranges("2018-01-01..2018-06-30", "2018-02-01..2018-02-28") }),
    ).toThrow('"train" and "train" overlap');
  });

  test("without a range are refused", () => {
    expect(() => checkPartitions({ train: ranges("2018-01-01..2018-12-31"), validation: [] })).toThrow(
      'Cannot use partition "validation": it is empty',
    );
  });
});
