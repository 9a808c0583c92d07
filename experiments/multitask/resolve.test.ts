import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sampleFolder } from "@braid/data";
import { writeParquet } from "@braid/data/testing";
import { describe, expect, test } from "vitest";
import { Config } from "./config.ts";
import { resolveConfig } from "./resolve.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";

// Results that stand where the tests are started would speak for those made here.
process.chdir(newFolder());

const entry = {
  sites: "all",
  factors: [0, 1],
  seeds: "0..1",
  primary: "discharge_cms",
  auxiliary: ["temp_c"],
  drivers: ["prcp_mm", "tmax_c"],
  partitions: { train: "2000-10-01..2002-09-30", validation: "2002-10-01..2003-03-31" },
  training: { epochs: 2, learningRate: 0.01 },
};

function resolved(changes: Record<string, unknown> = {}, data = madeUpData()) {
  return resolveConfig(Config.parse({ data, experiments: { expA: { ...entry, ...changes } } }));
}

describe("an experiment", () => {
  test("is resolved to plain data, with defaults", async () => {
    const experiment = await resolved();
    expect(experiment).toMatchObject({
      name: "expA",
      sample: false,
      synthetic: false,
      sites: ["01022500", "14185000"],
      seeds: [0, 1],
      evaluate: ["validation"],
      discharge: ["discharge_cms"],
      training: { hidden: 20, epochs: 2, learningRate: 0.01, loss: "rmse", batchSize: null },
      backend: "auto",
      prepare: {
        variables: ["discharge_cms", "temp_c"],
        sequence: { length: 365, warmup: 0 },
        logarithms: [],
      },
    });
    expect(structuredClone(experiment)).toEqual(experiment);
  });

  test("has no key for gaps in its params unless they are to be filled", async () => {
    expect((await resolved()).prepare).not.toHaveProperty("fillGaps");
    expect((await resolved({ fillGaps: 0 })).prepare.fillGaps).toEqual({ days: 0, precipitation: false });
    const both = await resolved({ fillGaps: 3, fillPrecipitation: true });
    expect(both.prepare.fillGaps).toEqual({ days: 3, precipitation: true });
  });

  test("knows discharge by name, unit or config", async () => {
    const known = async (name: string, discharge?: unknown) => {
      const data = madeUpData();
      const path = join(data, "obs_file.csv");
      writeFileSync(path, readFileSync(path, "utf8").replace("discharge_cms", name));
      return (await resolved({ primary: name, discharge }, data)).discharge;
    };
    for (const name of [
      "discharge_old",
      "flow",
      "streamflow_mm",
      "q_mm_d",
      "QObs(mm/d)",
      "abfluss_m3s",
      "Q_m3/s",
    ])
      expect(await known(name), name).toEqual([name]);
    for (const name of ["flow_temp_c", "stage_m", "nitrate_mg_l", "m3s", "mm"])
      expect(await known(name), name).toEqual([]);
    expect(await known("pegel", "pegel")).toEqual(["pegel"]);
    expect(await known("flow", [])).toEqual([]);
    expect(await known("flow", ["temp_c"])).toEqual(["temp_c"]);
  });

  test("runs on the sites asked for, in the order of the data", async () => {
    expect((await resolved({ sites: ["14185000", "01022500"] })).sites).toEqual(["01022500", "14185000"]);
    expect((await resolved({ sites: ["14185000"] })).sites).toEqual(["14185000"]);
  });

  test("has its factors, seeds and partitions in an order of their own", async () => {
    const partitions = { ...entry.partitions, test: "2003-04-01..2003-09-30" };
    const changes = {
      partitions,
      factors: [10, 0, 1],
      seeds: ["4..5", 1],
      evaluate: ["test", "train", "validation"],
    };
    expect(await resolved(changes)).toMatchObject({
      factors: [0, 1, 10],
      seeds: [1, 4, 5],
      evaluate: ["train", "validation", "test"],
    });
  });

  test("on files that say that they are synthetic knows it, wherever they lie", async () => {
    const data = madeUpData();
    const path = join(data, "obs_file.csv");
    const lines = readFileSync(path, "utf8").trimEnd().split("\n");
    writeFileSync(path, lines.map((line, i) => `${line},${i === 0 ? "synthetic" : "1"}\n`).join(""));
    expect(await resolved({}, data)).toMatchObject({ sample: false, synthetic: true });
  });

  test("finds its sites in the drivers where there is no list of them", async () => {
    const data = madeUpData();
    rmSync(join(data, "sites.csv"));
    expect((await resolved({}, data)).sites).toEqual(["01022500", "14185000"]);
  });

  test("knows the columns of Parquet tables before it makes CSV files of them", async () => {
    const data = madeUpData();
    writeParquet(join(data, "input_file.parquet"), readFileSync(join(data, "input_file.csv"), "utf8"));
    await expect(resolved({}, data)).rejects.toThrow("there are both a CSV and a Parquet file of that name");
    rmSync(join(data, "input_file.csv"));
    expect(await resolved({}, data)).toMatchObject({
      drivers: "data/from_parquet/input_file.csv",
      parquet: [{ from: join(data, "input_file.parquet"), to: "data/from_parquet/input_file.csv" }],
    });
    await expect(resolved({ drivers: ["wind_ms"] }, data)).rejects.toThrow(
      /Cannot read ".*input_file.parquet": it has no column "wind_ms"/,
    );
    rmSync(join(data, "sites.csv"));
    await expect(resolved({}, data)).rejects.toThrow(/Cannot list the sites of ".*": it has no sites.csv/);
  });

  test("on the sample folder has its files made by a rule", async () => {
    const sample = await resolved({ sites: ["01022500"], drivers: ["prcp_mm", "tmax_c"] }, sampleFolder);
    expect(sample).toMatchObject({
      sample: true,
      synthetic: true,
      observations: "data/sample/obs_file.csv",
      drivers: "data/sample/input_file.csv",
    });
    expect((await resolved({}, sampleFolder)).sites).toHaveLength(101);
  });
});

describe("an experiment that cannot be run says why", () => {
  test.each<[string, Record<string, unknown>, string]>([
    ["an unknown site", { sites: ["1022500"] }, 'Cannot use site "1022500": "'],
    ["an unknown site, with the closest", { sites: ["01022501"] }, "closest  01022500, 14185000"],
    ["a site twice", { sites: ["01022500", "01022500"] }, 'Cannot use site "01022500": it is given twice'],
    [
      "overlapping partitions",
      { partitions: { train: "2000-10-01..2002-09-30", validation: ["2002-09-01..2003-03-31"] } },
      'Cannot use partitions: "train" and "validation" overlap',
    ],
    ["an empty partition", { partitions: { train: [] } }, 'Cannot use partition "train": it is empty'],
    [
      "a partition that runs backwards",
      { partitions: { train: "2002-09-30..2000-10-01" } },
      "it is empty, since its last",
    ],
    [
      "a date that is none",
      { partitions: { train: "2000-10-01..2002-09-31" } },
      '"2002-09-31" is not a date',
    ],
    [
      "a partition to evaluate without dates",
      { evaluate: ["test"] },
      'Cannot evaluate partition "test": it has no dates',
    ],
    [
      "a warmup as long as the window",
      { sequence: { length: 90, warmup: 90 } },
      "its warmup of 90 days leaves nothing",
    ],
    [
      "a missing column of observations",
      { auxiliary: ["salinity"] },
      'obs_file.csv": it has no column "salinity"',
    ],
    [
      "a missing column of drivers",
      { drivers: ["prcp_mm", "snow"] },
      'input_file.csv": it has no column "snow"',
    ],
    [
      "a variable twice",
      { auxiliary: ["discharge_cms"] },
      'Cannot use "variables": "discharge_cms" is given twice',
    ],
    ["a factor twice", { factors: [1, 1] }, 'Cannot use "factors": 1 is given twice'],
    [
      "a filling of precipitation without a longest gap",
      { fillPrecipitation: true },
      "Cannot use fillPrecipitation: fillGaps is not set\n  Set fillGaps to the longest gap",
    ],
    ["a discharge that is not predicted", { discharge: ["flow"] }, 'Cannot use as discharge "flow"'],
    ["qualifiers that no column has", { maskQualifiers: ["Ice"] }, 'Cannot mask qualifiers "Ice"'],
  ])("%s", async (_, changes, message) => {
    await expect(resolved(changes)).rejects.toThrow(message);
  });

  test("a data folder that does not exist", async () => {
    await expect(resolved({}, "nowhere/at/all")).rejects.toThrow(
      'Cannot read data folder "nowhere/at/all": it does not exist',
    );
  });

  test("an experiment that the config does not have", async () => {
    const config = Config.parse({ data: madeUpData(), experiment: "expB", experiments: { expA: entry } });
    await expect(resolveConfig(config)).rejects.toThrow(
      'Cannot run experiment "expB": the config has no experiment of this name\n  it has  expA',
    );
  });

  test("a list of sites without site_id", async () => {
    const data = madeUpData();
    writeFileSync(join(data, "sites.csv"), "id,name\n01022500,x\n");
    await expect(resolved({}, data)).rejects.toThrow(
      /sites.csv": it has no column "site_id"\n {2}its columns {2}id, name/,
    );
  });
});
