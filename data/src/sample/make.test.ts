import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { days, spinUpDays } from "./calendar.ts";
import { log } from "./exact-math.ts";
import { layOutStations } from "./lay-out-stations.ts";
import { makeSample, sampleFolder, simulate } from "./make.ts";
import { formatStations, readStations } from "./station.ts";

const sitesFile = join(sampleFolder, "sites.csv");
const stations = await readStations(sitesFile);
const simulated = stations.map((station) => ({ station, ...simulate(station, 1) }));

describe("the list of stations", () => {
  it("is what lay-out-stations draws", async () => {
    expect(formatStations(layOutStations())).toBe(await readFile(sitesFile, "utf8"));
  });

  it("has 101 stations with distinct text ids, 01022500 among them, each marked synthetic", () => {
    expect(stations).toHaveLength(101);
    expect(new Set(stations.map((station) => station.site_id)).size).toBe(101);
    expect(stations.map((station) => station.site_id)).toContain("01022500");
    for (const { site_id, huc, name, source } of stations) {
      expect(site_id).toMatch(/^\d{8}$/);
      expect(huc).toMatch(/^\d{8}$/);
      expect(name).toContain("SYNTHETIC");
      expect(source).toBe("synthetic");
    }
  });

  it("has at least 20 informative and 20 other stations with a daily temperature", () => {
    for (const truth of ["yes", "no"])
      expect(
        stations.filter((s) => s.temp_informs_flow === truth && s.temp_record === "daily").length,
      ).toBeGreaterThanOrEqual(20);
  });
});

describe("the two files", () => {
  let folder: string;
  let paths: { observations: string; drivers: string };
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "braid-sample-"));
    paths = { observations: join(folder, "obs_file.csv"), drivers: join(folder, "input_file.csv") };
    await makeSample(paths);
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("have the same bytes on every machine", async () => {
    // A change of the generator changes these: look at the sample anew, then take the new sums.
    expect(await sha256(paths.drivers)).toBe(
      "50de031e924c47e742dff421fa722118436f4fa24b3578fbacacc9de159c8897",
    );
    expect(await sha256(paths.observations)).toBe(
      "37df26b0813ae33107c0f1a1f1fbb1f31878325f69b885115230211b08a2b1ca",
    );
  });

  it("hold a row per day and station, and nothing half-written stays beside them", async () => {
    for (const path of Object.values(paths)) {
      const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
      expect(lines).toHaveLength(1 + 101 * 9131);
      expect(lines[0]).toMatch(/^site_id,date,.*,synthetic$/);
      expect(lines[1]).toMatch(/^01022500,1990-10-01,/);
      expect(lines.at(-1)).toMatch(/,2015-09-30,.*,1$/);
    }
    expect((await readdir(folder)).sort()).toEqual(["input_file.csv", "obs_file.csv"]);
  });

  it("differ with another seed", async () => {
    const station = stations[0]!;
    expect(simulate(station, 1).weather.tmin_c).not.toEqual(simulate(station, 2).weather.tmin_c);
  });
});

describe("the physics", () => {
  it("keeps the water: rain and snow are evaporation, flow and what is stored", () => {
    for (const { station, weather, water } of simulated) {
      const year = spinUpDays; // from the end of the spin-up on
      const sum = (series: Float64Array) => series.subarray(year).reduce((a, b) => a + b, 0);
      const gained = water.stored.at(-1)! - water.stored[year - 1]!;
      const fallen = sum(weather.prcp_mm);
      const closing = fallen - sum(water.evaporation) - sum(water.flow) - gained;
      expect(Math.abs(closing) / fallen, station.site_id).toBeLessThan(1e-9);
    }
  });

  it("gives flows above zero, water from 0 to 35 degrees, and weather within its bounds", () => {
    for (const { station, weather, water, celsius, observations } of simulated) {
      const id = station.site_id;
      expect(least(water.flow), id).toBeGreaterThan(0);
      expect(least(observations.discharge_cms.filter(isSeen)), id).toBeGreaterThan(0);
      expect(least(celsius), id).toBeGreaterThanOrEqual(0);
      expect(most(celsius), id).toBeLessThan(35);
      expect(least(weather.prcp_mm), id).toBe(0);
      expect(most(weather.prcp_mm), id).toBeLessThan(500);
      expect(
        weather.tmin_c.every((tmin, i) => tmin < weather.tmax_c[i]!),
        id,
      ).toBe(true);
      expect(least(weather.srad_wm2), id).toBeGreaterThan(10);
      expect(most(weather.srad_wm2), id).toBeLessThan(800);
      expect(least(weather.vp_pa), id).toBeGreaterThan(0);
      expect(least(weather.wind_ms), id).toBeGreaterThan(0);
    }
  });

  it("follows the land: colder to the north and up high, snow where it is cold, rain as asked for", () => {
    const mean = (series: Float64Array) => series.reduce((a, b) => a + b, 0) / series.length;
    for (const { station, weather, water } of simulated) {
      const yearly = mean(weather.prcp_mm) * 365.25;
      expect(yearly / station.mean_prcp_mm_year, station.site_id).toBeGreaterThan(0.85);
      expect(yearly / station.mean_prcp_mm_year, station.site_id).toBeLessThan(1.15);
      if (station.latitude > 44) expect(most(water.snow), station.site_id).toBeGreaterThan(30);
      if (station.latitude < 31) expect(most(water.snow), station.site_id).toBeLessThan(30);
    }
  });

  it("has plausible memory: rain forgets, flow and water temperature remember", () => {
    const lagOne = (series: Float64Array) => correlation(series.subarray(1), series.subarray(0, -1));
    for (const { station, weather, water, celsius } of simulated) {
      const rain = lagOne(weather.prcp_mm);
      const flow = lagOne(water.flow.map(log));
      const temperature = lagOne(celsius);
      expect(rain, station.site_id).toBeLessThan(0.3);
      expect(flow, station.site_id).toBeGreaterThan(0.75);
      expect(temperature, station.site_id).toBeGreaterThan(0.9);
    }
  });

  it("has plausible spectra: most of temperature's variance is the year, flow falls off with frequency", () => {
    for (const { station, water, celsius } of simulated) {
      const id = station.site_id;
      const year = 365.25;
      expect(power(celsius, [year]), id).toBeGreaterThan(0.5);
      const flow = water.flow.map(log);
      const perPeriod = (longest: number, shortest: number) => power(flow, frequencies(longest, shortest));
      expect(perPeriod(120, 60), id).toBeGreaterThan(perPeriod(20, 10));
      expect(perPeriod(20, 10), id).toBeGreaterThan(perPeriod(4, 2));
    }
  });

  it("lets temperature know of the flow, given the season, exactly where the table says so", () => {
    const told = (truth: string) =>
      simulated
        .filter(({ station }) => station.temp_informs_flow === truth)
        .map(({ water, celsius }) => sharedGivenSeason(water.flow.map(log), celsius));
    const yes = told("yes").sort((a, b) => a - b);
    const no = told("no").sort((a, b) => a - b);
    expect(yes[Math.floor(yes.length / 2)]).toBeGreaterThan(0.2);
    expect(no[Math.floor(no.length / 2)]).toBeLessThan(0.12);
    // Chance alone, among slow series, reaches so far at the worst of 53 stations.
    expect(no.at(-1)).toBeLessThan(0.16);
  });
});

describe("the observations", () => {
  const observed = simulated.map(({ station, observations }) => ({ station, ...observations }));
  const share = (series: Float64Array, from: number, to: number) =>
    series.subarray(from, to).filter(isSeen).length / (to - from);
  const gauge = days.findIndex(({ date }) => date === "2001-10-01");

  it("have daily, partial, sparse and absent records as the table says", () => {
    for (const { station, discharge_cms, temp_c } of observed) {
      const before = share(discharge_cms, spinUpDays, gauge);
      expect(share(discharge_cms, gauge, days.length), station.site_id).toBeGreaterThan(0.9);
      if (station.flow_record === "daily") expect(before, station.site_id).toBeGreaterThan(0.9);
      else expect(Math.abs(before - 0.1), station.site_id).toBeLessThan(0.02);
      const temperature = share(temp_c, spinUpDays, days.length);
      if (station.temp_record === "daily") expect(temperature, station.site_id).toBeGreaterThan(0.85);
      if (station.temp_record === "sparse")
        expect(Math.abs(temperature - 0.03), station.site_id).toBeLessThan(0.01);
      if (station.temp_record === "none") expect(temperature, station.site_id).toBe(0);
    }
  });
});

const isSeen = (value: number) => !Number.isNaN(value);
const least = (series: Float64Array) => series.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
const most = (series: Float64Array) => series.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk);
  return hash.digest("hex");
}

function correlation(a: Float64Array, b: Float64Array): number {
  const meanA = a.reduce((x, y) => x + y, 0) / a.length;
  const meanB = b.reduce((x, y) => x + y, 0) / b.length;
  let ab = 0;
  let aa = 0;
  let bb = 0;
  for (let i = 0; i < a.length; i++) {
    ab += (a[i]! - meanA) * (b[i]! - meanB);
    aa += (a[i]! - meanA) ** 2;
    bb += (b[i]! - meanB) ** 2;
  }
  return ab / Math.sqrt(aa * bb);
}

/** Share of a series' variance at some periods (days), by least squares on a cosine and a sine each. */
function power(series: Float64Array, periods: readonly number[]): number {
  const n = series.length;
  const mean = series.reduce((a, b) => a + b, 0) / n;
  const variance = series.reduce((a, b) => a + (b - mean) ** 2, 0) / n;
  let sum = 0;
  for (const period of periods) {
    let c = 0;
    let s = 0;
    for (let i = 0; i < n; i++) {
      c += (series[i]! - mean) * Math.cos((2 * Math.PI * i) / period);
      s += (series[i]! - mean) * Math.sin((2 * Math.PI * i) / period);
    }
    sum += (2 * (c * c + s * s)) / (n * n);
  }
  return sum / variance / periods.length;
}

/** Eight periods from longest to shortest, evenly in frequency. */
function frequencies(longest: number, shortest: number): number[] {
  return Array.from(
    { length: 8 },
    (_, i) => 1 / (1 / longest + ((i + 0.5) / 8) * (1 / shortest - 1 / longest)),
  );
}

/**
 * How much two series share within the months, the mean season of both removed: the root of the mean over months
 * of the squared correlation.
 */
function sharedGivenSeason(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  const anomalyA = anomaly(a);
  const anomalyB = anomaly(b);
  for (let month = 1; month <= 12; month++) {
    const within = [...days.keys()].filter((i) => Number(days[i]!.date.slice(5, 7)) === month);
    const r = correlation(
      Float64Array.from(within, (i) => anomalyA[i]!),
      Float64Array.from(within, (i) => anomalyB[i]!),
    );
    if (isSeen(r)) sum += r * r; // a month under ice has no variance
  }
  return Math.sqrt(sum / 12);
}

/** The series less the mean of the 21 days of the year around each day. */
function anomaly(series: Float64Array): Float64Array {
  const sums = new Float64Array(366);
  const counts = new Float64Array(366);
  for (let i = 0; i < series.length; i++) {
    sums[days[i]!.dayOfYear - 1]! += series[i]!;
    counts[days[i]!.dayOfYear - 1]! += 1;
  }
  const around = (of: Float64Array, day: number) => {
    let sum = 0;
    for (let k = -10; k <= 10; k++) sum += of[(day + k + 366) % 366]!;
    return sum;
  };
  return series.map((value, i) => {
    const day = days[i]!.dayOfYear - 1;
    return value - around(sums, day) / around(counts, day);
  });
}
