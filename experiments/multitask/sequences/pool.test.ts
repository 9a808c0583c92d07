import { describe, expect, test } from "vitest";
import type { Attribute } from "../attributes.ts";
import { type PoolSpec, pool, scaleAlone } from "./pool.ts";
import type { Prepared, PreparedPartition } from "./prepared.ts";
import { identity } from "./unscaled.ts";

const firstDay = 11_000;

/** One window per list of values: [driver, discharge, temperature] a day, null if nothing was observed. */
type Day = readonly [rain: number, q: number | null, t: number | null];

function partition(windows: readonly (readonly Day[])[], from: number, runIn = 0): PreparedPartition {
  const [S, T] = [windows.length, Math.max(...windows.map(({ length }) => length))];
  const made: PreparedPartition = {
    sequences: S,
    steps: T,
    x: new Float32Array(S * T),
    y: new Float32Array(S * T * 2),
    mask: new Uint8Array(S * T * 2),
    valid: new Uint8Array(S * T),
    dates: new Float64Array(S * T).fill(Number.NaN),
    siteIndex: new Int32Array(S),
  };
  let day = from;
  windows.forEach((window, s) => {
    window.forEach(([rain, ...observed], t) => {
      const step = s * T + t;
      made.x[step] = rain;
      made.dates[step] = day++;
      made.valid[step] = s === 0 && t < runIn ? 0 : 1;
      observed.forEach((value, v) => {
        if (value === null || made.valid[step] === 0) return;
        made.y[2 * step + v] = value;
        made.mask[2 * step + v] = 1;
      });
    });
  });
  return made;
}

function site(
  id: string,
  train: readonly (readonly Day[])[],
  test: readonly (readonly Day[])[],
  runIn = 0,
): Prepared {
  return {
    sites: [id],
    drivers: ["rain"],
    variables: ["discharge", "temp"],
    x: [identity],
    y: [identity, identity],
    partitions: { train: partition(train, firstDay, runIn), test: partition(test, firstDay + 100) },
  };
}

const a = site(
  "01",
  [
    [
      [1, 10, 1],
      [2, 20, 2],
      [3, 30, null],
    ],
    [
      [4, 40, 4],
      [5, null, 5],
    ],
  ],
  [
    [
      [6, 60, 6],
      [7, 70, 7],
    ],
  ],
);
const b = site(
  "02",
  [
    [
      [10, 1000, null],
      [20, 3000, null],
    ],
    [[30, 5000, null]],
  ],
  [[[40, 1, 9]]],
);

const column = (name: string, values: Record<string, number>): Attribute => ({
  name,
  values,
  climate: null,
  warning: null,
});
const spec: PoolSpec = { attributes: [], targets: "site", logarithms: [] };
const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
const std = (values: readonly number[]) => Math.sqrt(mean(values.map((one) => (one - mean(values)) ** 2)));

describe("the data of a unit", () => {
  test("have one scale of a driver, over the train days of all sites", () => {
    const { prepared } = pool("all", [a, b], spec);
    const rain = [1, 2, 3, 4, 5, 10, 20, 30];
    expect(prepared.x[0]!.mean).toBeCloseTo(mean(rain), 12);
    expect(prepared.x[0]!.std).toBeCloseTo(std(rain), 12);
    const { x, sequences, steps, valid, siteIndex } = prepared.partitions.train!;
    expect([sequences, steps, [...siteIndex]]).toEqual([4, 3, [0, 0, 1, 1]]);
    // The windows of both sites, padded to the longest of all.
    expect([...valid]).toEqual([1, 1, 1, 1, 1, 0, 1, 1, 0, 1, 0, 0]);
    expect(x[0]).toBeCloseTo((1 - mean(rain)) / std(rain), 6);
    expect(x[7]).toBeCloseTo((20 - mean(rain)) / std(rain), 6);
    expect(x[5]).toBe(0);
  });

  test("count a day of overlapping windows once, and no run-in", () => {
    const twice: Prepared = {
      ...a,
      partitions: {
        ...a.partitions,
        train: { ...a.partitions.train!, dates: Float64Array.of(1, 2, 3, 2, 3, Number.NaN) },
      },
    };
    expect(pool("all", [twice, b], spec).prepared.x[0]!.mean).toBeCloseTo(mean([1, 2, 3, 10, 20, 30]), 12);
    const run = site(
      "01",
      [
        [
          [900, 1, 1],
          [2, 20, 2],
          [4, 40, 3],
        ],
      ],
      [[[1, 1, 1]]],
      1,
    );
    expect(pool("all", [run, b], spec).prepared.x[0]!.mean).toBeCloseTo(mean([2, 4, 10, 20, 30]), 12);
  });

  test("scale the targets of each site by its own train days", () => {
    const { prepared, warnings } = pool("all", [a, b], spec);
    const q = [
      [10, 20, 30, 40],
      [1000, 3000, 5000],
    ];
    for (const [s, values] of q.entries()) {
      expect(prepared.ySites![s]![0]!.mean).toBeCloseTo(mean(values), 9);
      expect(prepared.ySites![s]![0]!.std).toBeCloseTo(std(values), 9);
    }
    const { y, mask } = prepared.partitions.train!;
    expect(y[0]).toBeCloseTo((10 - 25) / std(q[0]!), 6);
    expect(y[2 * 6]).toBeCloseTo((1000 - 3000) / std(q[1]!), 6);
    // The second site never saw a temperature in train: it has no scale, so its test days carry none either.
    expect(prepared.ySites![1]![1]!.std).toBe(0);
    expect([...prepared.partitions.test!.mask]).toEqual([1, 1, 1, 1, 1, 0, 0, 0]);
    expect(mask[2 * 6 + 1]).toBe(0);
    expect(warnings).toEqual([]);
  });

  test("or by those of all sites", () => {
    const { prepared } = pool("all", [a, b], { ...spec, targets: "unit" });
    const q = [10, 20, 30, 40, 1000, 3000, 5000];
    expect(prepared.y[0]!.mean).toBeCloseTo(mean(q), 9);
    expect(prepared.ySites).toEqual([prepared.y, prepared.y]);
    expect(prepared.partitions.train!.y[0]).toBeCloseTo((10 - mean(q)) / std(q), 5);
    // A temperature of the second site can now be scored, by what the first one taught.
    expect(prepared.partitions.test!.mask[5]).toBe(1);
  });

  test("take logarithms with the epsilon of the site, or of the unit", () => {
    const { prepared } = pool("all", [a, b], { ...spec, logarithms: ["discharge"] });
    const epsilon = 0.01 * 25;
    const logs = [10, 20, 30, 40].map((value) => Math.log(value + epsilon));
    expect(prepared.ySites![0]![0]!.epsilon).toBeCloseTo(epsilon, 12);
    expect(prepared.partitions.train!.y[0]).toBeCloseTo((logs[0]! - mean(logs)) / std(logs), 5);
    const dry = site(
      "02",
      [
        [
          [1, -900, 1],
          [2, 5000, 2],
        ],
      ],
      [[[1, 1, 1]]],
    );
    expect(() => pool("all", [a, dry], { ...spec, logarithms: ["discharge"] })).toThrow(
      'Cannot pool site "02": "discharge" is -900 on 2000-02-13, which has no logarithm',
    );
  });

  test("have attributes as constants behind the drivers, scaled over the sites, none on padding", () => {
    const attributes = [
      column("elevation", { "01": 100, "02": 300 }),
      { ...column("mean(rain)", {}), values: null, climate: { statistic: "mean" as const, driver: "rain" } },
    ];
    const { prepared } = pool("all", [a, b], { ...spec, attributes });
    expect(prepared.drivers).toEqual(["rain", "elevation", "mean(rain)"]);
    expect(prepared.x[1]).toEqual({ mean: 200, std: 100 });
    expect(prepared.x[2]).toEqual({ mean: (3 + 20) / 2, std: (20 - 3) / 2 });
    const { x } = prepared.partitions.train!;
    expect([x[1], x[2], x[4], x[3 * 6 + 1], x[3 * 6 + 2]]).toEqual([-1, -1, -1, 1, 1]);
    expect([...x.subarray(15, 18)]).toEqual([0, 0, 0]);
  });
});

describe("a unit is refused", () => {
  test("if its primary cannot be learnt anywhere", () => {
    const dry = ["01", "02"].map((id) =>
      site(
        id,
        [
          [
            [1, 5, 1],
            [2, 5, 2],
          ],
        ],
        [[[1, 5, 1]]],
      ),
    );
    expect(() => pool("all", dry, { ...spec, targets: "unit" })).toThrow(
      'Cannot pool unit "all": its primary "discharge" is never observed, or the same on every observed day',
    );
  });

  test("if an attribute follows a statistic of the observations, in any unit", () => {
    const rivers = [3, 1, 4, 1.5, 9, 2.6, 5].map((size, i) =>
      site(
        `0${i}`,
        [
          [
            [1 + i, size, 1],
            [2, 2 * size + i, 2],
            [3, null, 3],
          ],
        ],
        [[[1, 7 * size + (i % 3), 1]]],
      ),
    );
    const peaks = rivers.map(({ partitions }) => partitions.test!.y[0]!);
    const values = (of: (peak: number, i: number) => number) =>
      Object.fromEntries(rivers.map(({ sites }, i) => [sites[0]!, of(peaks[i]!, i)]));
    const withOne = (attribute: Attribute) => pool("all", rivers, { ...spec, attributes: [attribute] });
    expect(() =>
      withOne(
        column(
          "harmless",
          values((peak) => 35.3147 * peak),
        ),
      ),
    ).toThrow('Cannot use attribute "harmless": it follows the maximum of "discharge" over the sites');
    expect(() =>
      withOne(
        column(
          "harmless",
          values((peak) => Math.log(peak)),
        ),
      ),
    ).toThrow("it follows the maximum");
    // A catchment's area goes with its flow, and is no statistic of it.
    expect(() =>
      withOne(
        column(
          "area",
          values((peak, i) => peak * (1 + 0.1 * (i % 2))),
        ),
      ),
    ).not.toThrow();
  });
});

test("a site by itself is scaled by its own train days, for baselines of sites of a unit", () => {
  const { x, y, partitions } = scaleAlone(b, []);
  expect(x[0]!.mean).toBeCloseTo(20, 12);
  expect(y[0]!.mean).toBeCloseTo(3000, 9);
  expect(y[1]!.std).toBe(0);
  expect(partitions.train!.y[0]).toBeCloseTo((1000 - 3000) / std([1000, 3000, 5000]), 6);
  expect([...partitions.test!.mask]).toEqual([1, 0]);
});

test("an attribute that is the same at all sites of one unit is told and dropped there", () => {
  const attributes = [column("elevation", { "01": 100, "02": 100, "03": 5 })];
  const { prepared, warnings } = pool("east", [a, b], { ...spec, attributes });
  expect(warnings).toEqual(['attribute "elevation" is 100 at every site of unit east: it is dropped']);
  expect(prepared.partitions.train!.x[1]).toBe(0);
});

test("a driver that never changes, and an auxiliary that no site saw, are told and left out", () => {
  const still = ["01", "02"].map((id) =>
    site(
      id,
      [
        [
          [1, 5, null],
          [1, 6, null],
        ],
      ],
      [[[1, 5, null]]],
    ),
  );
  const { prepared, warnings } = pool("all", still, spec);
  expect(warnings).toEqual([
    'driver "rain" is the same on every train day of unit all: it is dropped',
    'auxiliary "temp" is never observed, or the same on every observed day, in the train partition of all sites of unit all: it is masked everywhere',
  ]);
  expect(prepared.y[1]!.std).toBe(0);
  expect(prepared.x[0]!.std).toBe(0);
});
