import { join } from "node:path";
import { readRecords, type SiteRecord } from "@braid/data/records";
import { describe, expect, test } from "vitest";
import { observationColumns } from "../reading/observations.ts";
import { type MadeUpDay, madeUpData } from "../testing/made-up-data.ts";
import { checkPartitions, parseRange } from "./partitions.ts";
import { type Preparation, type PrepareSpec, prepare } from "./prepare.ts";

const spec: PrepareSpec = {
  variables: ["discharge_cms", "temp_c"],
  drivers: ["prcp_mm", "tmax_c"],
  partitions: checkPartitions({
    train: [parseRange("2000-10-01..2002-09-30")],
    validation: [parseRange("2002-12-01..2002-12-31"), parseRange("2003-02-01..2003-02-28")],
  }),
  sequence: { length: 100, warmup: 30 },
  logarithms: [],
  mask: [],
};

const site = "01022500";

async function record(file: string, columns: Parameters<typeof readRecords>[2]): Promise<SiteRecord> {
  for await (const [, read] of readRecords(file, [site], columns)) {
    if (read instanceof Error) throw read;
    return read;
  }
  throw new Error("nothing was read");
}

async function prepared(
  change: (days: MadeUpDay[]) => MadeUpDay[] | undefined = () => undefined,
  settings: Partial<PrepareSpec> = {},
): Promise<Preparation> {
  const folder = madeUpData((days) => change(days));
  const all = { ...spec, ...settings };
  const drivers = await record(join(folder, "input_file.csv"), { numbers: all.drivers });
  const observations = await record(join(folder, "obs_file.csv"), observationColumns(all.variables));
  return prepare(drivers, observations, all);
}

/** Changes the days from one date to another. */
function between(from: string, to: string, change: (day: MadeUpDay) => void) {
  return (days: MadeUpDay[]) => {
    for (const day of days) if (day.date >= from && day.date <= to) change(day);
    return days;
  };
}

const without = (date: string) => (days: MadeUpDay[]) => days.filter((day) => day.date !== date);

describe("prepared data", () => {
  test("hold every day of a partition once, scaled by the train days alone", async () => {
    const { prepared: data, warnings, exclusions } = await prepared();
    expect(warnings).toEqual([]);
    expect(exclusions).toEqual([]);
    const train = data.partitions.train!;
    expect([train.sequences, train.steps]).toEqual([11, 100]);
    expect(train.valid.reduce((sum, one) => sum + one, 0)).toBe(730);
    for (const [i, size] of [
      [0, 2],
      [1, 2],
    ] as const) {
      const column = Array.from(train.valid.keys())
        .filter((step) => train.valid[step] === 1)
        .map((step) => train.x[step * size + i]!);
      const mean = column.reduce((sum, value) => sum + value, 0) / column.length;
      const variance = column.reduce((sum, value) => sum + (value - mean) ** 2, 0) / column.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(variance).toBeCloseTo(1, 5);
    }
    expect(data.partitions.validation!.valid.reduce((sum, one) => sum + one, 0)).toBe(31 + 28);
  });

  test("run in with drivers that carry no loss, from before the range", async () => {
    const { validation } = (await prepared()).prepared.partitions;
    expect([validation!.sequences, validation!.steps]).toEqual([2, 61]);
    expect(Array.from(validation!.valid.subarray(0, 31)).indexOf(1)).toBe(30);
    expect(validation!.mask.subarray(0, 60).every((one) => one === 0)).toBe(true);
    expect(validation!.mask.subarray(60, 122).every((one) => one === 1)).toBe(true);
    expect(validation!.x.subarray(0, 60).some((value) => value !== 0)).toBe(true);
    // The second window has 30 + 28 days: three steps of padding.
    expect(Array.from(validation!.valid.subarray(61 + 58))).toEqual([0, 0, 0]);
    expect(Array.from(validation!.dates.subarray(61 + 57)).map(Number.isNaN)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  test("do not depend on what is outside the train days", async () => {
    const scales = async (change?: Parameters<typeof prepared>[0]) => {
      const { x, y } = (await prepared(change)).prepared;
      return { x, y };
    };
    const changed = await scales(
      between("2002-10-01", "2003-09-30", (day) => Object.assign(day, { q: "99998", rain: "998" })),
    );
    expect(changed).toEqual(await scales());
  });

  test("mask what was not observed, and tell it in runs", async () => {
    const { prepared: data, exclusions } = await prepared(
      between("2000-10-03", "2000-10-05", (day) => {
        day.t = "";
      }),
    );
    expect(Array.from(data.partitions.train!.mask.subarray(0, 14))).toEqual([
      1, 1, 1, 1, 1, 0, 1, 0, 1, 0, 1, 1, 1, 1,
    ]);
    expect(exclusions).toEqual([
      {
        column: "temp_c",
        partition: "train",
        from: "2000-10-03",
        to: "2000-10-05",
        days: 3,
        reason: "not observed",
      },
    ]);
  });

  test("take discharge as a logarithm when asked to", async () => {
    const { prepared: data } = await prepared(undefined, { logarithms: ["discharge_cms"] });
    expect(data.y[0]!.epsilon).toBeGreaterThan(0);
    expect(data.y[1]!.epsilon).toBe(0);
  });
});

describe("columns that do not vary", () => {
  test("a driver is dropped, with a warning", async () => {
    const {
      prepared: data,
      warnings,
      exclusions,
    } = await prepared(
      between("2000-10-01", "2002-09-30", (day) => {
        day.rain = "0.1";
      }),
    );
    expect(warnings).toEqual([
      'driver "prcp_mm" of site 01022500 is the same on every day in train: it is dropped',
    ]);
    expect(data.x[0]!.std).toBe(0);
    const { x } = data.partitions.validation!;
    expect(x.every((value, i) => i % 2 === 1 || value === 0)).toBe(true);
    expect(exclusions.map(({ column, partition, reason }) => `${column} ${partition}: ${reason}`)).toEqual([
      "prcp_mm train: does not vary in train",
      "prcp_mm validation: does not vary in train",
      "prcp_mm validation: does not vary in train",
    ]);
  });

  test.each([
    ["never observed", ""],
    ["the same on every observed day", "3.5"],
  ])("a primary %s is an error", async (state, value) => {
    await expect(
      prepared(
        between("2000-10-01", "2002-09-30", (day) => {
          day.q = value;
        }),
      ),
    ).rejects.toThrow(
      new RegExp(
        `Cannot prepare site "01022500": its primary "discharge_cms" is ${state} in the train partition\n.*\n  train  2000-10-01..2002-09-30\n  There is nothing to learn`,
      ),
    );
  });

  test.each([
    ["never observed", "", "never observed in train"],
    ["the same on every observed day", "3.5", "does not vary in train"],
  ])("an auxiliary %s is masked everywhere, with a warning", async (state, value, reason) => {
    const {
      prepared: data,
      warnings,
      exclusions,
    } = await prepared(
      between("2000-10-01", "2002-09-30", (day) => {
        day.t = value;
      }),
    );
    expect(warnings).toEqual([
      `auxiliary "temp_c" of site 01022500 is ${state} in train: it is masked everywhere`,
    ]);
    for (const { mask } of Object.values(data.partitions))
      expect(mask.every((one, i) => i % 2 === 0 || one === 0)).toBe(true);
    expect(exclusions[0]).toMatchObject({ column: "temp_c", partition: "train", days: 730, reason });
  });
});

describe("a site that cannot be prepared says why", () => {
  test("a missing driver value", async () => {
    await expect(
      prepared(
        between("2001-05-05", "2001-05-05", (day) => {
          day.warmth = "";
        }),
      ),
    ).rejects.toThrow('Cannot prepare site "01022500": driver "tmax_c" is missing on 2001-05-05');
  });

  test("a missing driver value on a run-in day", async () => {
    await expect(
      prepared(
        between("2002-11-15", "2002-11-15", (day) => {
          day.rain = "";
        }),
      ),
    ).rejects.toThrow(
      /driver "prcp_mm" is missing on 2002-11-15\n.*\n {2}needed by {2}partition "validation"/,
    );
  });

  test("a date gap in the drivers", async () => {
    await expect(prepared(without("2001-05-05"))).rejects.toThrow(
      /Cannot prepare site "01022500": the drivers have no line for 2001-05-05\n.*\n {2}needed by {2}partition "train"/,
    );
  });

  test("a partition after the end of the drivers", async () => {
    const partitions = checkPartitions({ ...spec.partitions, test: [parseRange("2003-09-01..2003-10-02")] });
    await expect(prepared(undefined, { partitions })).rejects.toThrow(
      /the drivers have no line for 2003-10-01\n.*\n.*\n {2}lines {6}2000-10-01 to 2003-09-30/,
    );
  });

  test("a negative flow that shall be a logarithm", async () => {
    await expect(
      prepared(
        between("2001-05-05", "2001-05-05", (day) => {
          day.q = "-3";
        }),
        { logarithms: ["discharge_cms"] },
      ),
    ).rejects.toThrow('"discharge_cms" is -3 on 2001-05-05, which has no logarithm');
  });

  test("but a gap or a missing value on days that no window sees is none of its business", async () => {
    await expect(prepared(without("2003-08-01"))).resolves.toBeDefined();
  });
});
