import { formatDay, parseDay } from "@braid/data/tables";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { daysOf, parseRange } from "./partitions.ts";
import { longest, tile } from "./windows.ts";

const day = (text: string) => parseDay(text)!;
const text = ({ start, first, end }: ReturnType<typeof tile>[number]) =>
  [start, first, end].map(formatDay).join(" ");

describe("windows", () => {
  test("without run-in are the range cut into blocks, the last one shorter", () => {
    const windows = tile([parseRange("2001-01-01..2002-12-31")], day("1990-01-01"), {
      length: 365,
      warmup: 0,
    });
    expect(windows.map(text)).toEqual([
      "2001-01-01 2001-01-01 2001-12-31",
      "2002-01-01 2002-01-01 2002-12-31",
    ]);
    const leap = tile([parseRange("2004-01-01..2004-12-31")], day("1990-01-01"), { length: 365, warmup: 0 });
    expect(leap.map(text)).toEqual(["2004-01-01 2004-01-01 2004-12-30", "2004-12-31 2004-12-31 2004-12-31"]);
    expect(longest(leap)).toBe(365);
  });

  test("run in before each block, but not before the record", () => {
    const windows = tile([parseRange("2018-01-01..2019-09-30")], day("2018-01-01"), {
      length: 365,
      warmup: 90,
    });
    expect(windows.map(text)).toEqual([
      "2018-01-01 2018-01-01 2018-10-02",
      "2018-07-05 2018-10-03 2019-07-04",
      "2019-04-06 2019-07-05 2019-09-30",
    ]);
    expect(longest(windows)).toBe(365);
  });

  test("run in before the range where the record has the days", () => {
    const [whole] = tile([parseRange("2019-10-01..2019-10-31")], day("2018-01-01"), {
      length: 365,
      warmup: 90,
    });
    expect(text(whole!)).toBe("2019-07-03 2019-10-01 2019-10-31");
    const [part] = tile([parseRange("2019-10-01..2019-10-31")], day("2019-09-01"), {
      length: 365,
      warmup: 90,
    });
    expect(text(part!)).toBe("2019-09-01 2019-10-01 2019-10-31");
  });

  test("lose no day of a list of ranges and give none twice", () => {
    const range = fc
      .tuple(fc.integer({ min: 0, max: 3000 }), fc.integer({ min: 0, max: 900 }))
      .map(([from, days]) => parseRange(`${formatDay(from)}..${formatDay(from + days)}`));
    const sequence = fc
      .integer({ min: 1, max: 400 })
      .chain((length) =>
        fc.record({ length: fc.constant(length), warmup: fc.integer({ min: 0, max: length - 1 }) }),
      );
    fc.assert(
      fc.property(fc.array(range, { minLength: 1, maxLength: 3 }), sequence, (ranges, cut) => {
        const windows = tile(ranges, 0, cut);
        const given = windows.flatMap(({ first, end }) =>
          Array.from({ length: end - first + 1 }, (_, i) => first + i),
        );
        expect(given).toEqual(daysOf(ranges));
        for (const { start, first, end } of windows) {
          expect(end - start + 1).toBeLessThanOrEqual(cut.length);
          expect(first - start).toBe(Math.min(cut.warmup, first));
        }
      }),
    );
  });
});
