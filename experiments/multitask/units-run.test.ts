/** Experiments with models of several sites, from the data to the comparison. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "@braid/lstm";
import { dryRun } from "braid-engine/run";
import { beforeAll, describe, expect, test } from "vitest";
import { answerSource } from "./judging-rules.ts";
import { answer } from "./statistics/answer.ts";
import { type Row, readTable } from "./statistics/tables.ts";
import type { ModelRecord } from "./steps/model-record.ts";
import { newFolder } from "./testing/made-up-data.ts";
import { type CaseDay, caseFolder } from "./testing/real-life.ts";
import { experimentOf, sixSeeds } from "./testing/run-rivers.ts";
import workflow from "./workflow.ts";

const sites = ["01013500", "01022500", "14185000"];
const columns = { elevation_m: [10, 200, 300], region: ["east", "east", "west"] };
const entry = {
  ...sixSeeds,
  trainOn: "all",
  attributes: ["elevation_m", "mean(tmax_c)"],
};
const { resolved, runIn } = experimentOf("expB", entry);

/** Sites differ in size and warmth. */
function differ(day: CaseDay, site: string): void {
  const s = sites.indexOf(site);
  day.flow = (Number(day.flow) * 10 ** s).toFixed(3);
  day.tmax = (Number(day.tmax) - 2 * s).toFixed(2);
}

const dataOf = (change = differ) => caseFolder({ sites, columns, change });

const metrics = (folder: string) => readTable(join(folder, "expB/overall_metrics.csv"));
const scored = (rows: readonly Row[]) => new Set(rows.map((row) => row.site_id));

describe("one model of all sites", () => {
  const data = dataOf();
  const folder = newFolder();
  const at = (path: string) => join(folder, "expB", path);
  beforeAll(async () => {
    const { summary } = await runIn(folder, data, {}, ["all", "statistics", "report"]);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
  });

  test("is a job for each factor and seed, and its scores are split by site", async () => {
    const rows = await metrics(folder);
    // 2 factors, 6 seeds, 2 partitions, 3 sites, 2 variables.
    expect(rows).toHaveLength(2 * 6 * 2 * 3 * 2);
    expect(scored(rows)).toEqual(new Set(sites));
    for (const row of rows.filter(({ trained }) => trained === "yes"))
      expect(Number(row.rmse)).toBeGreaterThan(0);
    const models = readdirSync(join(folder, "expB"), { recursive: true }).filter((path) =>
      String(path).endsWith("trained_model"),
    );
    expect(models).toHaveLength(12);
    expect(models).toContain(join("unit_all", "factor_0", "rand_seed_0", "trained_model"));
  });

  test("predicts every day of each site once, in the unit of the site's observations", () => {
    for (const [s, site] of sites.entries()) {
      const file = at(`unit_all/factor_1/rand_seed_0/validation_preds/validation_preds_${site}.csv`);
      const [header, ...lines] = readFileSync(file, "utf8").trim().split("\n");
      expect(header).toBe("site_id,date,discharge_cms,temp_c,backend");
      expect(lines).toHaveLength(365);
      expect(new Set(lines.map((line) => line.split(",")[1])).size).toBe(365);
      const mean = lines.reduce((sum, line) => sum + Number(line.split(",")[2]), 0) / 365;
      expect(mean).toBeGreaterThan(10 ** s);
      expect(mean).toBeLessThan(20 * 10 ** s);
    }
  });

  test("says in the model which sites it learnt from, with their scales and its minibatches", async () => {
    const { metadata } = await loadModel(at("unit_all/factor_0/rand_seed_0/trained_model"));
    const record = metadata as unknown as ModelRecord;
    expect(record).toMatchObject({
      unit: "all",
      sites,
      drivers: ["prcp_mm", "tmin_c", "tmax_c", "elevation_m", "mean(tmax_c)"],
      training: { batchSize: 3 },
    });
    expect(record.scaler.ySites).toHaveLength(3);
    expect(record).not.toHaveProperty("site");
  });

  test("says whose models they are in every text", async () => {
    expect(readFileSync(at("about.txt"), "utf8")).toContain(
      "Experiment expB: one LSTM of all sites for each factor and seed, predicting discharge_cms.\nAttributes that tell the sites apart: elevation_m, mean(tmax_c).\nTargets are scaled by the train days of each site.",
    );
    const summary = readFileSync(at("statistics/summary.md"), "utf8");
    expect(summary).toContain("3 sites, one model of all sites per factor and seed; 6 seeds, paired.");
    expect(summary).toContain("**Sites share models**");
    expect(summary).toContain("## Counts of sites that share models");
    const [joint, ...others] = await readTable(at("statistics/joint.csv"));
    expect(others).toEqual([]);
    expect(joint).toMatchObject({ factor: "1", sites: "3" });
    expect(Number(joint!.low)).toBeLessThanOrEqual(Number(joint!.mean_gain));
    expect(Number(joint!.high)).toBeGreaterThanOrEqual(Number(joint!.mean_gain));
    expect(summary).toContain("was better at 17 only");
    expect(summary).not.toContain("One site, one model");
    const source = await resolved(data);
    expect(await answer(answerSource(source), folder, false)).toContain(
      "expB: NSE of discharge_cms on test, 3 sites, 6 seeds, one model of all sites",
    );
    const assets = readdirSync(at("report/assets"), { recursive: true }).map(String);
    const text = assets
      .filter((name) => name.endsWith(".js"))
      .map((name) => readFileSync(at(`report/assets/${name}`), "utf8"))
      .join();
    expect(text + readFileSync(at("report/index.html"), "utf8")).toMatch(
      /a model learns from[\s\S]*all sites[\s\S]*steps of Adam/,
    );
  });

  test("leaves statistics and series of each site where those of a model per site lie", () => {
    for (const site of sites) {
      expect(existsSync(at(`site_id_${site}/factor_1/ensemble/test_metrics.csv`))).toBe(true);
      expect(existsSync(at(`report/series/${site}.js`))).toBe(true);
    }
  });

  test("is exported site by site", async () => {
    const { summary } = await runIn(folder, data, {}, ["export"]);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
    for (const site of sites) {
      const { size } = statSync(at(`export/predictions/${site}.nc`));
      // Two variables, two factors, six seeds and two years of days, in 8 bytes each at most.
      expect(size).toBeGreaterThan(2 * 2 * 6 * 730 * 4);
    }
  });

  test("has nothing to do again", async () => {
    const rules = workflow.rules(await resolved(data));
    expect(dryRun({ rules, folder }).counts.size).toBe(0);
  });

  test("is pooled and trained again when an attribute of a site changes", async () => {
    const list = join(data, "sites.csv");
    const text = readFileSync(list, "utf8");
    writeFileSync(list, text.replace(",200,", ",250,"));
    const { counts } = dryRun({ rules: workflow.rules(await resolved(data)), folder });
    writeFileSync(list, text);
    expect(Object.fromEntries(counts)).toMatchObject({ pool_io_data: 1 });
    expect(counts.has("prep_io_data")).toBe(false);
  });
});

test("a unit of copies of a site learns what a model of the site alone learns", async () => {
  const same = caseFolder({ sites, columns });
  const [alone, together] = [newFolder(), newFolder()];
  // Five windows of a site; all of them in one step, whose error is then that of one copy.
  const one = { seeds: [0], factors: [1], evaluate: ["validation"] };
  await runIn(alone, same, { ...one, trainOn: "each", attributes: [] });
  const training = { ...entry.training, batchSize: 15 };
  await runIn(together, same, { ...one, attributes: [], training });
  const [a, b] = [await metrics(alone), await metrics(together)];
  expect(a).toHaveLength(6);
  for (const [i, row] of a.entries()) {
    expect(b[i]).toMatchObject({ site_id: row.site_id, variable: row.variable, n_obs: row.n_obs });
    expect(Number(b[i]!.rmse)).toBeCloseTo(Number(row.rmse), 5);
    expect(Number(b[i]!.nse)).toBeCloseTo(Number(row.nse), 5);
  }
});

test("gaps in the drivers are closed or leave windows out, and the other days are scored", async () => {
  const data = dataOf((day, site) => {
    differ(day, site);
    // Two days that can be interpolated, and in the validation year of one site twenty that cannot.
    if (site === sites[0] && (day.i === 50 || day.i === 51)) day.tmax = "";
    if (site === sites[1] && day.i >= 500 && day.i < 520) day.tmax = "";
  });
  const folder = newFolder();
  const { summary } = await runIn(folder, data, { seeds: "0..5", fillGaps: 3 }, [
    "all",
    "statistics",
    "report",
  ]);
  expect(summary).toMatchObject({ outcome: "done", failed: [] });
  const observed = (await metrics(folder))
    .filter(({ variable, factor, seed }) => variable === "discharge_cms" && factor === "1" && seed === "0")
    .map(({ site_id, partition, n_obs }) => [site_id, partition, Number(n_obs)]);
  expect(observed).toEqual(
    expect.arrayContaining([
      [sites[0], "validation", 365],
      [sites[1], "validation", 365 - 90],
      [sites[1], "test", 365],
    ]),
  );
});

test("windows overlap, a variant has its own models and the same prepared sites, and the best epoch is kept", async () => {
  const data = dataOf();
  const folder = newFolder();
  const { summary } = await experimentOf("expB@best", entry).runIn(folder, data, {
    ...{ seeds: [0], factors: [1], sequence: { length: 100, warmup: 10, stride: 45 } },
    variants: { best: { "training.select": "best", "training.epochs": 3 } },
  });
  expect(summary).toMatchObject({ outcome: "done", failed: [] });
  expect(existsSync(join(folder, "expB/site_id_01022500/prepped_data.npz"))).toBe(true);
  const { model, metadata } = await loadModel(
    join(folder, "expB@best/unit_all/factor_1/rand_seed_0/trained_model"),
  );
  expect(model.validation!.losses).toHaveLength(3 * 2);
  expect(metadata).toMatchObject({ training: { select: "best", batchSize: 3 } });
});

describe("sites without data", () => {
  const train = (day: CaseDay) => day.i < 366;
  const quick = { seeds: [0], factors: [1], attributes: [] };

  test("of the primary in train are left out under site scaling, with what to do", async () => {
    const data = dataOf((day, site) => {
      differ(day, site);
      if (site === sites[1] && train(day)) day.flow = "";
    });
    const folder = newFolder();
    const { summary } = await runIn(folder, data, quick);
    expect(summary.optional![0]!.error).toContain(
      'Cannot prepare site "01022500": its primary "discharge_cms" is never observed in the train partition',
    );
    expect(summary.optional![0]!.error).toContain("set scaling.targets: unit");
    expect(scored(await metrics(folder))).toEqual(new Set([sites[0], sites[2]]));
    expect(readFileSync(join(folder, "expB/left_out.csv"), "utf8")).toContain("01022500,");
  });

  test("are predicted and scored by what the other sites taught under unit scaling", async () => {
    const data = dataOf((day, site) => {
      differ(day, site);
      if (site === sites[1] && train(day)) day.flow = "";
    });
    const folder = newFolder();
    const { summary, warnings } = await runIn(folder, data, { ...quick, scaling: { targets: "unit" } });
    expect(summary.outcome).toBe("done");
    expect(warnings.join("\n")).toContain(
      '"discharge_cms" of site 01022500 is never observed in train: it is predicted from the other sites of its unit',
    );
    const row = (await metrics(folder)).find(
      ({ site_id, variable }) => site_id === "01022500" && variable === "discharge_cms",
    );
    expect(row).toMatchObject({ trained: "yes", n_obs: "365" });
    expect(Number(row!.rmse)).toBeGreaterThan(0);
  });

  test("of an auxiliary have empty predictions of it, and the others have theirs", async () => {
    const data = dataOf((day, site) => {
      differ(day, site);
      if (site === sites[1]) day.other = "";
    });
    const folder = newFolder();
    const { warnings } = await runIn(folder, data, quick);
    expect(warnings.join("\n")).toContain('auxiliary "temp_c" of site 01022500 is never observed in train');
    const trained = (await metrics(folder))
      .filter(({ variable, partition }) => variable === "temp_c" && partition === "test")
      .map(({ site_id, trained }) => [site_id, trained]);
    expect(trained).toEqual([
      [sites[0], "yes"],
      [sites[1], "no"],
      [sites[2], "yes"],
    ]);
  });

  test("that leave a unit with one site fail it, with the reason", async () => {
    const data = dataOf((day, site) => {
      differ(day, site);
      if (site !== sites[0] && train(day)) day.flow = "";
    });
    const { summary } = await runIn(newFolder(), data, quick);
    expect(summary.failed[0]).toMatchObject({ job: "pool_io_data (unit=all)" });
    expect(summary.failed[0]!.error).toContain(
      'Cannot pool unit "all": only one of its sites could be prepared',
    );
  });
});

describe("units by a column of sites.csv", () => {
  const four = [...sites, "14306500"];
  const data = caseFolder({
    sites: four,
    columns: { region: ["east", "east", "west", "west"] },
    change: (day, site) => {
      if (site > "1") day.flow = (3 * Number(day.flow)).toFixed(3);
    },
  });
  const settings = { trainOn: "region", attributes: [], seeds: "0..5" };

  test("each have their models, and one table of scores", async () => {
    const folder = newFolder();
    const { summary } = await runIn(folder, data, settings, ["all", "statistics"]);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
    expect(scored(await metrics(folder))).toEqual(new Set(four));
    expect(readdirSync(join(folder, "expB/unit_east/factor_0/rand_seed_0/test_preds")).sort()).toEqual([
      "test_preds_01013500.csv",
      "test_preds_01022500.csv",
    ]);
    expect(readFileSync(join(folder, "expB/statistics/summary.md"), "utf8")).toContain(
      "4 sites, one model of each region per factor and seed",
    );
    expect(readFileSync(join(folder, "expB/about.txt"), "utf8")).toContain(
      "one LSTM of the sites of each region (2 units) for each factor and seed",
    );
  });
});

describe("temperature as the primary", () => {
  const primary = { primary: "temp_c", trainOn: "each", attributes: [], sites: sites.slice(0, 2) };

  test("classes months and days by the flow of the river, not by the temperature", async () => {
    // Flow is high in the months of the first half of the calendar year, whatever the temperature.
    const data = dataOf((day) => {
      day.flow = (Number(day.date.slice(5, 7)) <= 6 ? 100 + (day.i % 7) : 1 + (day.i % 5)).toFixed(2);
    });
    const folder = newFolder();
    const { summary } = await runIn(folder, data, { ...primary, auxiliary: ["discharge_cms"] }, [
      "statistics",
    ]);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
    const months = await readTable(join(folder, "expB/statistics/months.csv"));
    expect(new Set(months.map(({ high_flow }) => high_flow))).toEqual(new Set(["yes", "no"]));
    for (const row of months) expect(row.high_flow).toBe(Number(row.month) <= 6 ? "yes" : "no");
    const days = await readTable(join(folder, "expB/statistics/high_flow_days.csv"));
    expect(days).toHaveLength(2);
    // Strictly above the 90th percentile: days of 106 within 181 days of 100 to 106.
    for (const row of days) {
      expect(Number(row.n_days)).toBeGreaterThan(20);
      expect(Number(row.n_days)).toBeLessThan(37);
    }
    expect(readFileSync(join(folder, "expB/statistics/summary.md"), "utf8")).toContain(
      "In months whose flow (discharge_cms) is above the site's median month",
    );
  });

  test("says nothing of flow where no discharge is predicted", async () => {
    const folder = newFolder();
    const data = dataOf();
    await runIn(folder, data, { ...primary, auxiliary: ["discharge_cms"], discharge: [] }, ["statistics"]);
    const summary = readFileSync(join(folder, "expB/statistics/summary.md"), "utf8");
    expect(summary).not.toContain("In months whose flow");
    const months = await readTable(join(folder, "expB/statistics/months.csv"));
    expect(new Set(months.map((row) => row.high_flow))).toEqual(new Set([""]));
  });
});
