/** Predictions of trained models on other days and at other sites: the target `predict`. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeParquet } from "@braid/data/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { readTable } from "./statistics/tables.ts";
import { newFolder } from "./testing/made-up-data.ts";
import {
  below,
  dataOf,
  differ,
  four,
  jobsOf,
  runIn,
  scores,
  shared,
  sites,
  test17,
  withoutNames,
} from "./testing/predicting.ts";
import { caseFolder } from "./testing/real-life.ts";
import type { Changes } from "./testing/run-rivers.ts";

describe("the days of a partition, predicted again", () => {
  const data = dataOf();
  const period = { predict: { period: test17 } };

  test.each<[string, Changes, string, string]>([
    ["files", {}, "site_id_01022500/factor_1/rand_seed_1/", "_preds.csv"],
    ["stores", { layout: "packed" }, "site_id_01022500/factor_1/", "_preds_0-29.npz"],
    ["units", shared, "unit_all/factor_1/rand_seed_1/", "_preds"],
    ["units", { ...shared, scaling: {} }, "unit_all/factor_1/rand_seed_1/", "_preds"],
    [
      "logarithms",
      { scaling: { logDischarge: true } },
      "site_id_14185000/factor_0/rand_seed_0/",
      "_preds.csv",
    ],
    [
      "variants of windows",
      { sequence: { length: 100, warmup: 0, stride: 50 } },
      "site_id_01022500/factor_1/rand_seed_1/",
      "_preds.csv",
    ],
  ])("are those of the experiment, and so are their scores: %s %#", async (_, changes, model, end) => {
    const folder = newFolder();
    const { summary } = await runIn(folder, data, { ...changes, ...period }, ["all", "predict"]);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
    const text = (path: string) => {
      if (!existsSync(path)) throw new Error(path);
      if (end !== "_preds") return readFileSync(path, "latin1");
      return readdirSync(path)
        .sort()
        .map((name) => readFileSync(join(path, name), "utf8"))
        .join();
    };
    expect(text(below(folder, `${model}period${end}`))).toBe(
      text(join(folder, "expA", `${model}test${end}`)),
    );
    const own = await readTable(join(folder, "expA/overall_metrics.csv"));
    const again = await scores(folder);
    expect(again.length).toBe(3 * 2 * 2 * 2);
    expect(withoutNames(again)).toEqual(withoutNames(own));
    expect(new Set(again.map(({ gauged, seen_days }) => `${gauged} ${seen_days}`))).toEqual(
      new Set(["yes 0"]),
    );
  });
});

describe("a second run", () => {
  const data = dataOf();
  const folder = newFolder();
  const changes = { predict: { period: "2017-10-01..2018-03-31" } };
  beforeAll(async () => {
    const { summary } = await runIn(folder, data, changes);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
  });

  test("has nothing to do, and trains nothing where the models are there", async () => {
    expect(await jobsOf(folder, data, changes)).toEqual({});
    const other = { predict: { period: "2018-04-01..2018-09-30" } };
    expect(await jobsOf(folder, data, other)).toEqual({
      ...{ prepare_period: 3, predict_period: 12, evaluate_period: 12 },
      ...{ combine_period: 1, predict: 1 },
    });
  });

  test("makes predictions again whose data changed, and only those", async () => {
    const other = dataOf();
    const changed = { predict: { period: "2017-10-01..2018-03-31", data: other, name: "other" } };
    await runIn(folder, data, changed);
    expect(await jobsOf(folder, data, changed)).toEqual({});
    const replace = (file: string, from: RegExp, to: string) => {
      const path = join(other, file);
      const text = readFileSync(path, "utf8");
      expect(text).toMatch(from);
      writeFileSync(path, text.replace(from, to));
    };
    replace("obs_file.csv", /^(01022500,2018-01-01,)[^,]*/m, "$199");
    const afterFlow = await jobsOf(folder, data, changed);
    expect(afterFlow.predict_period).toBeUndefined();
    expect(afterFlow.evaluate_period).toBe(12);
    await runIn(folder, data, changed);
    replace("input_file.csv", /^(01022500,2018-01-01,)[^,]*/m, "$177");
    const { summary } = await runIn(folder, data, changed);
    // Three sites are prepared again; one comes out different, with four models; then the table and the target.
    expect(summary.done).toBe(3 + 4 + 4 + 2);
    expect(await jobsOf(folder, data, changed)).toEqual({});
  });
});

describe("another data folder", () => {
  test("may be of other sites: models of several sites predict them as ungauged", async () => {
    const data = dataOf();
    const folder = newFolder();
    const other = dataOf(four);
    const changes = { ...shared, predict: { period: test17, data: other } };
    const { summary } = await runIn(folder, data, changes, ["all", "predict"]);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
    const rows = await scores(folder);
    const gauged = new Map(rows.map(({ site_id, gauged }) => [site_id, gauged]));
    expect(Object.fromEntries(gauged)).toEqual({
      ...Object.fromEntries(sites.map((site) => [site, "yes"])),
      "14306500": "no",
    });
    // The other sites are predicted as ever.
    const own = await readTable(join(folder, "expA/overall_metrics.csv"));
    expect(withoutNames(rows.filter((row) => row.gauged === "yes"))).toEqual(withoutNames(own));
    expect(readFileSync(below(folder, "about.txt"), "utf8")).toContain(
      "Ungauged: no model was trained on 1 site: 14306500.",
    );
    const [header, ...lines] = readFileSync(
      below(folder, "unit_all/factor_1/rand_seed_0/period_preds/period_preds_14306500.csv"),
      "utf8",
    )
      .trim()
      .split("\n");
    expect(header).toBe("site_id,date,discharge_cms,temp_c,backend");
    expect(lines).toHaveLength(365);
    expect(
      rows.filter((row) => row.site_id === "14306500" && row.trained === "yes" && row.nse === ""),
    ).toEqual([]);
  });

  test("a copy of a site under another name has its predictions", async () => {
    const data = dataOf();
    const copy = caseFolder({
      sites: ["99"],
      columns: { elevation_m: [200] },
      change: (day) => differ(day, "01022500"),
    });
    const folder = newFolder();
    await runIn(folder, data, { ...shared, predict: { period: test17, data: copy } }, ["all", "predict"]);
    const preds = (path: string) => readFileSync(path, "utf8").replaceAll(/^\d+,/gm, "");
    const model = "unit_all/factor_1/rand_seed_1";
    const own = preds(join(folder, `expA/${model}/test_preds/test_preds_01022500.csv`)).split("\n");
    const copied = preds(below(folder, `${model}/period_preds/period_preds_99.csv`)).split("\n");
    expect(copied).toHaveLength(own.length);
    for (const [i, line] of copied.entries())
      if (i > 0 && line !== "")
        expect(Number(line.split(",")[1])).toBeCloseTo(Number(own[i]!.split(",")[1]), 4);
  });

  test("units by a column are found by the column of its list", async () => {
    const data = dataOf(four);
    const folder = newFolder();
    const other = caseFolder({ sites: ["99"], columns: { region: ["west"] } });
    const changes = {
      trainOn: "region",
      scaling: { targets: "unit" },
      predict: { period: test17, data: other },
    };
    const { summary } = await runIn(folder, data, changes);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
    expect(existsSync(below(folder, "unit_west/factor_0/rand_seed_0/period_preds/period_preds_99.csv"))).toBe(
      true,
    );
    expect(existsSync(below(folder, "unit_east"))).toBe(false);
  });

  test("without observations has predictions and no scores; one file of drivers is enough, and Parquet is read too", async () => {
    const data = dataOf();
    const other = dataOf(["01022500", "99"]);
    const parquet = newFolder();
    writeFileSync(join(parquet, "sites.csv"), "site_id\n01022500\n99\n");
    writeParquet(join(parquet, "input_file.parquet"), readFileSync(join(other, "input_file.csv"), "utf8"));
    for (const file of [join(other, "input_file.csv"), parquet]) {
      const folder = newFolder();
      const { summary } = await runIn(folder, data, {
        predict: { period: test17, data: file, sites: ["01022500"] },
      });
      expect(summary).toMatchObject({ outcome: "done", failed: [] });
      expect(existsSync(below(folder, "overall_metrics.csv"))).toBe(false);
      expect(existsSync(below(folder, "site_id_01022500/factor_1/rand_seed_1/period_preds.csv"))).toBe(true);
      expect(readFileSync(below(folder, "about.txt"), "utf8")).toContain("at 1 site. Made from\n  ");
    }
  });

  test("with observations of one variable, or of some sites, is scored where they are", async () => {
    const data = dataOf();
    const other = dataOf();
    const path = join(other, "obs_file.csv");
    const lines = readFileSync(path, "utf8")
      .trim()
      .split("\n")
      .filter((line) => !line.startsWith("01013500"));
    writeFileSync(path, `${lines.map((line) => line.split(",").slice(0, 3).join(",")).join("\n")}\n`);
    const folder = newFolder();
    const { summary } = await runIn(folder, data, {
      seeds: [0],
      factors: [1],
      predict: { period: test17, data: other },
    });
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
    const found = (await scores(folder)).map(({ site_id, variable, n_obs, nse }) => [
      site_id,
      variable,
      n_obs,
      nse !== "",
    ]);
    expect(found).toEqual([
      ["01013500", "discharge_cms", "0", false],
      ["01013500", "temp_c", "0", false],
      ["01022500", "discharge_cms", "365", true],
      ["01022500", "temp_c", "0", false],
      ["14185000", "discharge_cms", "365", true],
      ["14185000", "temp_c", "0", false],
    ]);
  });
});
