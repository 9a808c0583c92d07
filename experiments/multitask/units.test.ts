import { describe, expect, test } from "vitest";
import { caseExperiment, caseFolder } from "./testing/real-life.ts";
import { placeOf } from "./units.ts";

const sites = ["01013500", "01022500", "14185000", "14306500"];
const columns = {
  region: ["east", "east", "west", "west"],
  place: ["a", "b", "a", "c"],
  folder: ["a/b", "a/b", "c", "c"],
  gap: ["x", "x", "", "x"],
  elevation_m: [10, 200, 300, 40],
  area_km2: [12, 1400, 30, 0],
  flat: [1, 1, 1, 1],
  words: ["high", "low", "low", "low"],
  hole: [1, 2, "", 4],
  soil_depth: [1, 2, 3, 4],
  late_summer_flow: [3, 1, 2, 4],
  long_term_flow: [3, 1, 2, 5],
  daymet_elev_m: [10, 200, 301, 40],
  gauge_lat: [44, 45, 46, 47],
  long: [-70, -71, -72, -73],
  flow_max_cfs: [100, 200, 300, 400],
  runoff_ratio: [0.1, 0.2, 0.3, 0.4],
  temp_c_max: [20, 21, 22, 23],
};
const data = caseFolder({ sites, columns });
const unlisted = caseFolder({ sites, list: null });
const resolved = (settings: Record<string, unknown>, folder = data) => caseExperiment(folder, settings);

describe("training units", () => {
  test("without trainOn an experiment has none, and nothing else of it depends on them", async () => {
    const [plain, each] = [await resolved({}), await resolved({ trainOn: "each", attributes: [] })];
    expect(plain).toEqual(each);
    expect(plain).not.toHaveProperty("units");
  });

  test("are all sites together, or those with one value of a column", async () => {
    const { units: all } = await resolved({ trainOn: "all" });
    expect(all?.members).toEqual({ all: sites });
    const { units } = await resolved({ trainOn: "region", scaling: { targets: "unit" } });
    expect(units).toMatchObject({
      trainOn: "region",
      members: { east: sites.slice(0, 2), west: sites.slice(2) },
      attributes: [],
      targets: "unit",
    });
    expect(placeOf(units!, "14306500")).toEqual({ unit: "west", isHeldOut: false });
    expect(() => placeOf(units!, "1")).toThrow('Cannot find the unit of "1"');
  });

  test.each<[Record<string, unknown>, string]>([
    [{ trainOn: "regoin" }, 'sites.csv" has no column "regoin"\n  closest  region'],
    [{ trainOn: "place" }, 'Cannot train on "place": the unit "b" has one site, "01022500"\n'],
    [
      { trainOn: "all", sites: ["01022500"] },
      'Cannot train on "all": the experiment has one site, "01022500"',
    ],
    [{ trainOn: "gap" }, 'Cannot train on "gap": it is empty at site "14185000"'],
    [
      { trainOn: "folder" },
      'Cannot train on "folder": the value cannot be the name of a folder at site "01013500"',
    ],
    [{ trainOn: "all", layout: "packed" }, 'Cannot use layout "packed": it stores models of one site'],
    [
      { scaling: { targets: "unit" } },
      'Cannot use scaling.targets "unit": with trainOn: each a unit is a site',
    ],
    [{ attributes: ["elevation_m"] }, 'Cannot use attributes "elevation_m": with trainOn: each'],
    [
      { trainOn: "region", training: { epochs: 1, learningRate: 0.01, batchSize: 5 } },
      'Cannot use training.batchSize "5": unit "east" has 4 windows to train on',
    ],
  ])("refuse %j", async (settings, message) => {
    await expect(resolved(settings)).rejects.toThrow(message);
  });

  test("count the windows that a stride gives, or that are whole", async () => {
    const of = (sequence: object, batchSize: number) =>
      resolved({ trainOn: "region", sequence, training: { epochs: 1, learningRate: 0.01, batchSize } });
    await expect(of({ length: 100, stride: 50 }, 99)).rejects.toThrow(
      'unit "east" has 14 windows to train on',
    );
    await expect(of({ length: 100, remainder: "drop" }, 99)).rejects.toThrow(
      'unit "east" has 6 windows to train on',
    );
  });

  test("take a minibatch of all windows, and no larger one", async () => {
    const training = { epochs: 1, learningRate: 0.01, batchSize: 4 };
    expect((await resolved({ trainOn: "region", training })).training.batchSize).toBe(4);
  });

  test("of a column need a list of sites", async () => {
    await expect(resolved({ trainOn: "region" }, unlisted)).rejects.toThrow(
      'Cannot train on "region": the data folder has no sites.csv',
    );
  });
});

describe("attributes", () => {
  const of = async (...attributes: string[]) => {
    const { units } = await resolved({ trainOn: "all", attributes });
    return units!.attributes;
  };

  test("are columns, their logarithms and the climate of the train days", async () => {
    const some = { trainOn: "all", sites: sites.slice(0, 3) };
    const { units } = await resolved({
      ...some,
      attributes: ["elevation_m", "log(area_km2)", "mean(prcp_mm)"],
    });
    expect(units!.attributes).toEqual([
      {
        name: "elevation_m",
        values: { "01013500": 10, "01022500": 200, "14185000": 300 },
        climate: null,
        warning: null,
      },
      {
        name: "log(area_km2)",
        values: { "01013500": Math.log(12), "01022500": Math.log(1400), "14185000": Math.log(30) },
        climate: null,
        warning: null,
      },
      {
        name: "mean(prcp_mm)",
        values: null,
        climate: { statistic: "mean", driver: "prcp_mm" },
        warning: null,
      },
    ]);
  });

  test("that are not known to be harmless come with a warning", async () => {
    const [soil, area] = await of("soil_depth", "area_km2");
    expect(soil!.warning).toContain(
      'attribute "soil_depth" is not among those known to be independent of the targets',
    );
    expect(area!.warning).toContain("log(area_km2) is easier to learn from");
  });

  test("are harmless by whole words of their name, not by how a word begins", async () => {
    const warned = (await of("late_summer_flow", "long_term_flow", "daymet_elev_m", "gauge_lat", "long"))
      .filter(({ warning }) => warning !== null)
      .map(({ name }) => name);
    expect(warned).toEqual(["late_summer_flow", "long_term_flow"]);
  });

  test.each([
    ["elevation", 'sites.csv" has no column "elevation"\n  closest  elevation_m'],
    ["words", 'Cannot use attribute "words": "high" is not a number at site "01013500"'],
    ["hole", 'Cannot use attribute "hole": it is empty at site "14185000"'],
    ["flat", 'Cannot use attribute "flat": it is 1 at every site'],
    ["log(area_km2)", 'Cannot use attribute "log(area_km2)": 0 at site "14306500" has no logarithm'],
    ["mean(snow)", 'Cannot use attribute "mean(snow)": "snow" is not a driver of the experiment'],
    ["flow_max_cfs", 'Cannot use attribute "flow_max_cfs": the column is a statistic of observations'],
    ["runoff_ratio", 'Cannot use attribute "runoff_ratio": the column is a statistic of observations'],
    ["temp_c_max", 'Cannot use attribute "temp_c_max": by its name it is computed from the target "temp_c"'],
  ])("refuse %s", async (attribute, message) => {
    await expect(of(attribute)).rejects.toThrow(message);
  });

  test("are given once", async () => {
    await expect(of("elevation_m", "elevation_m")).rejects.toThrow(
      'Cannot use attribute "elevation_m": it is given twice',
    );
  });
});
