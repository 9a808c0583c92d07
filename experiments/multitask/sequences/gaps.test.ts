import type { SiteRecord } from "@braid/data/records";
import { parseDay } from "@braid/data/tables";
import { describe, expect, test } from "vitest";
import { closeGaps } from "./gaps.ts";

const first = parseDay("2001-05-01")!;

type Rows = readonly (readonly number[] | null)[];

/** A record of `prcp_mm` and `tmax_c`; null is a day without a line. */
function record(rows: Rows): SiteRecord {
  const lines = rows.flatMap((row, i) => (row === null ? [] : [{ day: first + i, row }]));
  return {
    site: "01022500",
    file: "input_file.csv",
    days: Int32Array.from(lines, ({ day }) => day),
    numbers: {
      prcp_mm: Float64Array.from(lines, ({ row }) => row[0]!),
      tmax_c: Float64Array.from(lines, ({ row }) => row[1]!),
    },
    texts: {},
    warnings: [],
  };
}

const none = Number.NaN;
const closed = (rows: Rows, days: number, precipitation = false) => {
  const {
    record: made,
    filled,
    open,
  } = closeGaps(record(rows), ["prcp_mm", "tmax_c"], {
    days,
    precipitation,
  });
  const told = (gaps: typeof open) =>
    gaps.map((gap) => `${gap.driver} ${gap.first - first}..${gap.last - first}`);
  return {
    rain: [...made.numbers.prcp_mm!],
    warmth: [...made.numbers.tmax_c!],
    days: [...made.days].map((day) => day - first),
    filled: told(filled),
    open: told(open),
  };
};

describe("gaps in drivers", () => {
  test("of a state are interpolated linearly, empty fields like days without a line", () => {
    const { warmth, days, filled, open } = closed([[0, 10], [0, none], null, [1, 16]], 2, true);
    expect(days).toEqual([0, 1, 2, 3]);
    expect(warmth).toEqual([10, 12, 14, 16]);
    expect(filled).toEqual(["prcp_mm 2..2", "tmax_c 1..2"]);
    expect(open).toEqual([]);
  });

  test("longer than asked stay open, whole", () => {
    const { warmth, filled, open } = closed(
      [
        [0, 10],
        [0, none],
        [0, none],
        [1, 16],
      ],
      1,
    );
    expect(warmth).toEqual([10, none, none, 16]);
    expect(filled).toEqual([]);
    expect(open).toEqual(["tmax_c 1..2"]);
    expect(
      closed(
        [
          [0, 10],
          [0, none],
          [1, 16],
        ],
        0,
      ).open,
    ).toEqual(["tmax_c 1..1"]);
  });

  test("at the ends of the record stay open: nothing is extrapolated", () => {
    const { warmth, open } = closed(
      [
        [0, none],
        [0, 10],
        [0, 11],
        [1, none],
      ],
      3,
    );
    expect(warmth).toEqual([none, 10, 11, none]);
    expect(open).toEqual(["tmax_c 0..0", "tmax_c 3..3"]);
  });

  test("of precipitation stay open, unless it is to be interpolated", () => {
    const gap = [
      [4, 1],
      [none, 2],
      [0, 3],
    ] as const;
    expect(closed([...gap], 3)).toMatchObject({ rain: [4, none, 0], open: ["prcp_mm 1..1"] });
    expect(closed([...gap], 3, true)).toMatchObject({ rain: [4, 2, 0], filled: ["prcp_mm 1..1"] });
  });
});
