import { join } from "node:path";
import { readRecords, type SiteRecord } from "@braid/data/records";
import { formatDay, parseDay } from "@braid/data/tables";
import { describe, expect, test } from "vitest";
import { observationColumns } from "../reading/observations.ts";
import { type MadeUpDay, madeUpData } from "../testing/made-up-data.ts";
import { keptDays } from "./left-out.ts";
import { checkPartitions, daysOf, parseRange } from "./partitions.ts";
import { prepare } from "./prepare.ts";
import { prepareSite, type SitePreparation, type SiteSpec } from "./prepare-site.ts";

const spec: SiteSpec = {
  variables: ["discharge_cms", "temp_c"],
  drivers: ["prcp_mm", "tmax_c"],
  partitions: checkPartitions({
    train: [parseRange("2000-10-01..2002-09-30")],
    validation: [parseRange("2002-12-01..2002-12-31"), parseRange("2003-02-01..2003-02-28")],
    test: [parseRange("2003-04-01..2003-09-30")],
  }),
  sequence: { length: 100, warmup: 30 },
  logarithms: [],
  mask: [],
};
const filling: SiteSpec = { ...spec, fillGaps: { days: 3, precipitation: false } };
const site = "01022500";

async function record(file: string, columns: Parameters<typeof readRecords>[2]): Promise<SiteRecord> {
  for await (const [, read] of readRecords(file, [site], columns)) {
    if (read instanceof Error) throw read;
    return read;
  }
  throw new Error("nothing was read");
}

type Change = (day: MadeUpDay) => void;

async function records(changes: Readonly<Record<string, Change>>, lost: readonly string[] = []) {
  const folder = madeUpData((days) => {
    for (const [range, change] of Object.entries(changes)) {
      const { from, to } = parseRange(range);
      for (const day of days) if (day.date >= from && day.date <= to) change(day);
    }
    return days.filter(({ date }) => !lost.includes(date));
  });
  return [
    await record(join(folder, "input_file.csv"), { numbers: spec.drivers }),
    await record(join(folder, "obs_file.csv"), observationColumns(spec.variables)),
  ] as const;
}

const cold: Change = (day) => {
  day.warmth = "";
};

/** The days that a model predicts, by partition. */
function predicted({ prepared }: SitePreparation): Record<string, string[]> {
  return Object.fromEntries(
    Object.entries(prepared.partitions).map(([name, { valid, dates }]) => [
      name,
      [...valid].flatMap((one, step) => (one === 1 ? [formatDay(dates[step]!)] : [])),
    ]),
  );
}

describe("a site with gaps in its drivers", () => {
  test("without fillGaps is prepared or refused as ever", async () => {
    const whole = await records({});
    expect(prepareSite(...whole, spec)).toEqual({
      ...prepare(...whole, spec),
      ...{ kept: spec.partitions, notes: [], gaps: null },
    });
    const gappy = await records({ "2001-05-05..2001-05-05": cold });
    expect(() => prepareSite(...gappy, spec)).toThrow('driver "tmax_c" is missing on 2001-05-05');
  });

  test("and none of them is prepared to the same with fillGaps", async () => {
    const whole = await records({});
    const { prepared, exclusions, warnings, notes } = prepareSite(...whole, filling);
    expect({ prepared, exclusions, warnings }).toEqual(prepare(...whole, spec));
    expect(notes).toEqual([]);
  });

  test("has short gaps interpolated, and says which", async () => {
    const made = prepareSite(...(await records({ "2001-05-05..2001-05-07": cold })), filling);
    expect(made.warnings).toEqual([]);
    expect(made.notes).toEqual([
      "site 01022500: 3 days of tmax_c interpolated: tmax_c 2001-05-05..2001-05-07",
    ]);
    expect(made.exclusions).toEqual([
      {
        column: "tmax_c",
        partition: "train",
        from: "2001-05-05",
        to: "2001-05-07",
        days: 3,
        reason: "filled: interpolated between the days around",
      },
    ]);
    expect(made.gaps).toMatchObject({ filled: { tmax_c: 3 }, left: { train: { windows: 0, of: 11 } } });
    const { train } = made.prepared.partitions;
    const step = [...train!.dates].indexOf(parseDay("2001-05-05")!);
    const warm = (at: number) => train!.x[(step + at) * 2 + 1]!;
    for (const at of [0, 1, 2])
      expect(warm(at)).toBeCloseTo(warm(-1) + ((warm(3) - warm(-1)) * (at + 1)) / 4, 5);
  });

  const longGaps = {
    train: ["2001-05-05..2001-05-08", "train", "2001-04-29..2001-07-07", 70],
    "the run-in of a validation window": [
      "2002-11-03..2002-11-06",
      "validation",
      "2002-12-01..2002-12-31",
      31,
    ],
    test: ["2003-09-20..2003-09-25", "test", "2003-08-19..2003-09-30", 43],
  } as const;
  test.each(Object.entries(longGaps))("loses the windows of longer ones: %s", async (_, given) => {
    const [gap, partition, window, days] = given;
    const made = prepareSite(...(await records({ [gap]: cold })), filling);
    const { from, to } = parseRange(gap);
    const missing = `tmax_c is missing from ${from} to ${to} (${partition === "test" ? 6 : 4} days)`;
    expect(made.warnings).toEqual([
      `site 01022500: 1 window with gaps in the drivers left out: ${window} of ${partition} (${missing})`,
    ]);
    expect(made.gaps!.left[partition]).toMatchObject({ windows: 1, days });
    const { from: first, to: last } = parseRange(window);
    for (const column of spec.variables)
      expect(made.exclusions).toContainEqual({
        ...{ column, partition, from: first, to: last, days },
        reason: `no drivers: ${missing}`,
      });
    // No day of the window is left, and every other day is: those that scores are made of.
    const kept = keptDays(spec.partitions, made.exclusions, "discharge_cms");
    for (const name of Object.keys(kept)) expect(daysOf(made.kept[name]!)).toEqual(daysOf(kept[name]!));
    for (const [name, dates] of Object.entries(predicted(made))) {
      expect(dates).toEqual(daysOf(kept[name]!).map(formatDay));
      const all = daysOf(spec.partitions[name]!).map(formatDay);
      expect(dates).toEqual(all.filter((date) => name !== partition || date < first || date > last));
    }
  });

  test("rests its scales on the train days that are left", async () => {
    const odd = {
      "2001-05-09..2001-07-07": (day: MadeUpDay) => Object.assign(day, { q: "900", rain: "90" }),
    };
    const gap = { "2001-05-05..2001-05-08": cold };
    const scales = async (changes: Parameters<typeof records>[0]) => {
      const { x, y } = prepareSite(...(await records(changes)), filling).prepared;
      return { x, y };
    };
    expect(await scales({ ...gap, ...odd })).toEqual(await scales(gap));
  });

  test("loses the windows of gaps in precipitation, which is not interpolated unless the config says so", async () => {
    const lost = await records({}, ["2001-05-05"]);
    expect(prepareSite(...lost, filling).warnings).toEqual([
      expect.stringMatching(
        /left out: 2001-04-29..2001-07-07 of train \(prcp_mm is missing from 2001-05-05 to 2001-05-05, and precipitation is not interpolated\)$/,
      ),
    ]);
    const all = { ...spec, fillGaps: { days: 1, precipitation: true } };
    const made = prepareSite(...lost, all);
    expect(made.warnings).toEqual([]);
    expect(made.gaps!.filled).toEqual({ prcp_mm: 1, tmax_c: 1 });
  });

  test("loses the windows beyond its drivers", async () => {
    const short = Array.from({ length: 30 }, (_, i) => formatDay(parseDay("2003-09-01")! + i));
    const made = prepareSite(...(await records({}, short)), filling);
    expect(made.warnings[0]).toMatch(/left out: 2003-08-19..2003-09-30 of test \(they end on 2003-08-31\)$/);
    const late = Array.from({ length: 40 }, (_, i) => formatDay(parseDay("2000-10-01")! + i));
    expect(prepareSite(...(await records({}, late)), filling).warnings[0]).toMatch(
      /left out: 2000-10-01..2000-12-09 of train \(they begin on 2000-11-10\)$/,
    );
    const empty = await records({ "2003-09-29..2003-09-30": cold });
    expect(prepareSite(...empty, filling).warnings[0]).toMatch(/2003-09-30, at an end of the record\)$/);
  });

  test("has exclusions in the same runs as without, also across windows", async () => {
    const dry = { "2001-06-30..2001-07-20": (day: MadeUpDay) => Object.assign(day, { q: "", t: "" }) };
    const whole = await records(dry);
    const without = prepare(...whole, spec).exclusions;
    expect(without[0]).toMatchObject({ from: "2001-06-30", to: "2001-07-20" });
    expect(prepareSite(...whole, filling).exclusions).toEqual(without);
    const ranges = checkPartitions({
      train: [
        parseRange("2000-10-01..2000-12-09"),
        parseRange("2000-12-10..2001-01-20"),
        parseRange("2001-01-21..2001-03-01"),
      ],
      validation: [parseRange("2001-03-02..2001-12-31")],
    });
    const apart = { ...filling, partitions: ranges };
    expect(prepareSite(...whole, apart).prepared).toEqual(
      prepare(...whole, { ...spec, partitions: ranges }).prepared,
    );
  });

  test("names at most ten gaps", async () => {
    const gaps = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => {
        const date = formatDay(parseDay("2001-01-01")! + 2 * i);
        return [`${date}..${date}`, cold];
      }),
    );
    expect(prepareSite(...(await records(gaps)), filling).notes[0]).toMatch(
      /^site 01022500: 12 days of tmax_c interpolated: (tmax_c \S+, ){9}tmax_c \S+ and 2 more in excluded.csv$/,
    );
  });

  test("cannot be prepared if a partition has no window left, and says why", async () => {
    const gaps = { "2002-12-10..2002-12-20": cold, "2003-02-10..2003-02-20": cold };
    const all = await records(gaps);
    expect(() => prepareSite(...all, filling)).toThrow(
      /Cannot prepare site "01022500": every window of partition "validation" has a gap in its drivers\n {2}file +\S+\n {2}windows +2\n {2}in the first +tmax_c is missing from 2002-12-10 to 2002-12-20 \(11 days\)\n {2}fillGaps +3 days\n {2}Fill the drivers/,
    );
  });
});
