import { describe, expect, test } from "vitest";
import type { Attribute } from "../attributes.ts";
import { scaleAsLearnt, scaleRecordAsLearnt, unlikeLearnt } from "./as-learnt.ts";
import type { Prepared, PreparedPartition } from "./prepared.ts";

/** Windows of one site, [S][T] values of one driver; the first day of a window is run-in if `runIn`. */
function windows(values: readonly (readonly number[])[], runIn = false): PreparedPartition {
  const [sequences, steps] = [values.length, values[0]!.length];
  return {
    ...{ sequences, steps, x: Float32Array.from(values.flat()) },
    ...{ y: new Float32Array(0), mask: new Uint8Array(0) },
    valid: Uint8Array.from(values.flat(), (_, i) => (runIn && i % steps === 0 ? 0 : 1)),
    dates: Float64Array.from(values.flat(), (_, i) => 10_000 + i),
    siteIndex: new Int32Array(sequences),
  };
}

const identity = { mean: 0, std: 1, epsilon: 0 };
const site = (id: string, partitions: Prepared["partitions"]): Prepared => ({
  ...{ sites: [id], drivers: ["rain"], variables: [], x: [identity], y: [], partitions },
});

const attribute = (
  values: Record<string, number> | null,
  climate: Attribute["climate"] = null,
): Attribute => ({
  ...{ name: climate === null ? "elevation" : "mean(rain)", values, climate, warning: null },
});

/** What the unit of the sites a and b has learnt: rain, and one attribute, which is 7 and 8 there as scaled. */
const learnt: Prepared = {
  sites: ["a", "b"],
  drivers: ["rain", "elevation"],
  variables: ["flow"],
  x: [
    { mean: 2, std: 4 },
    { mean: 100, std: 50 },
  ],
  y: [{ mean: 1, std: 2, epsilon: 0 }],
  ySites: [[{ mean: 5, std: 6, epsilon: 0 }], [{ mean: 7, std: 8, epsilon: 0 }]],
  partitions: {
    train: {
      ...windows([
        [0, 7, 0, 7],
        [0, 8, 0, 8],
      ]),
      steps: 2,
      siteIndex: Int32Array.of(0, 1),
    },
  },
};

describe("windows scaled as learnt", () => {
  test("take the scales of the unit, and of known sites the attributes that they were trained with", () => {
    const members = [site("b", { period: windows([[2, 6]]) }), site("new", { period: windows([[10, 2]]) })];
    const made = scaleAsLearnt(members, learnt, [attribute({ new: 150 })]);
    expect(made.sites).toEqual(["b", "new"]);
    expect([...made.partitions.period!.x]).toEqual([0, 8, 1, 8, 2, 1, 0, 1]);
    expect([...made.partitions.period!.siteIndex]).toEqual([0, 1]);
    expect(made.ySites).toEqual([learnt.ySites![1], learnt.y]);
  });

  test("pad shorter windows, whose padding is no day", () => {
    const members = [site("a", { period: windows([[2, 6, 10]]) }), site("b", { period: windows([[6]]) })];
    const { steps, x, valid, dates } = scaleAsLearnt(members, learnt, [attribute({})]).partitions.period!;
    expect(steps).toBe(3);
    expect([...x]).toEqual([0, 7, 1, 7, 2, 7, 1, 8, 0, 0, 0, 0]);
    expect([...valid]).toEqual([1, 1, 1, 1, 0, 0]);
    expect([...dates].map(Number.isNaN)).toEqual([false, false, false, false, true, true]);
  });

  test("have the climate of the train days of a new site, each day once and none of the run-in", () => {
    const train = windows([[50, 100, 200]], true);
    const twice = {
      ...windows([
        [100, 200],
        [100, 200],
      ]),
      dates: Float64Array.of(1, 2, 1, 2),
    };
    for (const days of [train, twice]) {
      const members = [site("new", { period: windows([[2]]), train: days })];
      const made = scaleAsLearnt(members, learnt, [attribute(null, { statistic: "mean", driver: "rain" })]);
      expect([...made.partitions.period!.x]).toEqual([0, 1]);
      expect(Object.keys(made.partitions)).toEqual(["period"]);
    }
  });

  test("are refused if drivers or an attribute are not those learnt", () => {
    const other = { ...site("new", { period: windows([[2]]) }), drivers: ["snow"] };
    expect(() => scaleAsLearnt([other], learnt, [attribute({ new: 1 })])).toThrow(
      'Cannot scale site "new": its drivers are not those that the models learnt from\n  drivers  snow\n  learnt   rain',
    );
    expect(() => scaleAsLearnt([site("new", { period: windows([[2]]) })], learnt, [attribute({})])).toThrow(
      'Cannot use attribute "elevation": site "new" has no value',
    );
    const record = { site: "new", file: "f", days: new Int32Array(0), numbers: {}, texts: {}, warnings: [] };
    expect(() => scaleRecordAsLearnt(other, record, learnt)).toThrow("its drivers are not those");
  });
});

test("a column whose mean is four standard deviations away or more is told of, by site", () => {
  const members = [site("a", { period: windows([[2, 6]]) }), site("new", { period: windows([[18, 18]]) })];
  const told = unlikeLearnt(
    scaleAsLearnt(
      members,
      {
        ...learnt,
        partitions: {
          train: { ...learnt.partitions.train!, x: new Float32Array(8) },
        },
      },
      [attribute({ new: -150 })],
    ),
  );
  expect(told).toHaveLength(2);
  expect(told[0]).toContain('"rain" of site new is on average 4.0 standard deviations');
  expect(told[1]).toContain('"elevation" of site new is on average -5.0 standard deviations');
});
