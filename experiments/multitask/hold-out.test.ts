/** Sites that are held out of models of several sites: neither trained nor scaled on, predicted and scored as ungauged. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "@braid/lstm";
import { dryRun } from "braid-engine/run";
import { beforeAll, describe, expect, test } from "vitest";
import { Config } from "./config.ts";
import { answerSource } from "./judging-rules.ts";
import { resolveConfig } from "./resolve.ts";
import { answer } from "./statistics/answer.ts";
import { readTable } from "./statistics/tables.ts";
import type { ModelRecord } from "./steps/model-record.ts";
import { newFolder } from "./testing/made-up-data.ts";
import { type CaseDay, caseFolder } from "./testing/real-life.ts";
import { type Changes, experimentOf, sixSeeds } from "./testing/run-rivers.ts";
import workflow from "./workflow.ts";

const sites = ["01013500", "01022500", "14185000", "14306500"];
const held = "14185000";
const others = sites.filter((site) => site !== held);
const columns = { elevation_m: [10, 200, 300, 120], region: ["east", "east", "west", "west"] };
const entry = {
  ...sixSeeds,
  trainOn: "all",
  attributes: ["elevation_m", "mean(tmax_c)"],
  scaling: { targets: "unit" },
  holdOut: [held],
};
const { resolved, runIn } = experimentOf("expB", entry);

function differ(day: CaseDay, site: string): void {
  const s = sites.indexOf(site);
  day.flow = (Number(day.flow) * (1 + s)).toFixed(3);
  day.tmax = (Number(day.tmax) - s).toFixed(2);
}

const dataOf = (change = differ) => caseFolder({ sites, columns, change });

describe("a site that is held out", () => {
  const data = dataOf();
  const folder = newFolder();
  const at = (path: string) => join(folder, "expB", path);
  beforeAll(async () => {
    const { summary } = await runIn(folder, data, {}, ["all", "statistics", "report", "export", "baselines"]);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
  });

  test("changes the models as leaving it out does: not at all", async () => {
    const alone = newFolder();
    await runIn(alone, data, { holdOut: [], exclude: [held] });
    const model = "expB/unit_all/factor_1/rand_seed_3/trained_model";
    for (const file of ["weights.bin", "model.json"])
      expect(readFileSync(join(folder, model, file))).toEqual(readFileSync(join(alone, model, file)));
    const { metadata } = await loadModel(join(folder, model));
    expect((metadata as unknown as ModelRecord).sites).toEqual(others);
    const rows = await readTable(at("overall_metrics.csv"));
    const without = await readTable(join(alone, "expB/overall_metrics.csv"));
    expect(rows.filter(({ gauged }) => gauged === "yes").map(({ gauged: _, ...row }) => row)).toEqual(
      without,
    );
  });

  test("nor do its observations, of any day", async () => {
    const spoilt = dataOf((day, site) => {
      differ(day, site);
      if (site === held) day.flow = (1000 * Number(day.flow)).toFixed(3);
    });
    const other = newFolder();
    await runIn(other, spoilt, { training: { ...entry.training, select: "best" }, seeds: [0] });
    const best = newFolder();
    await runIn(best, data, { training: { ...entry.training, select: "best" }, seeds: [0] });
    const files = [
      "unit_all/factor_1/rand_seed_0/trained_model/weights.bin",
      `ungauged_all/factor_1/rand_seed_0/test_preds/test_preds_${held}.csv`,
    ];
    for (const file of files)
      expect(readFileSync(join(other, "expB", file))).toEqual(readFileSync(join(best, "expB", file)));
  });

  test("is predicted on every day and scored, and the table says that it is ungauged", async () => {
    const rows = await readTable(at("overall_metrics.csv"));
    expect(rows).toHaveLength(2 * 6 * 2 * 4 * 2);
    const gauged = Object.fromEntries(rows.map(({ site_id, gauged }) => [site_id, gauged]));
    expect(gauged).toEqual({ ...Object.fromEntries(others.map((site) => [site, "yes"])), [held]: "no" });
    for (const row of rows.filter(({ trained }) => trained === "yes"))
      expect(Number(row.rmse)).toBeGreaterThan(0);
    expect(readdirSync(at("ungauged_all/factor_0/rand_seed_0/validation_preds"))).toEqual([
      `validation_preds_${held}.csv`,
    ]);
    const text = readFileSync(
      at(`ungauged_all/factor_0/rand_seed_0/validation_preds/validation_preds_${held}.csv`),
      "utf8",
    );
    expect(text.trim().split("\n")).toHaveLength(1 + 365);
  });

  test("is the same as the site predicted by `predict`", async () => {
    await runIn(folder, data, { predict: { period: entry.partitions.test } }, ["predict"]);
    const model = "factor_1/rand_seed_2";
    expect(
      readFileSync(
        at(`predict/2017-10-01_2018-09-30/unit_all/${model}/period_preds/period_preds_${held}.csv`),
      ),
    ).toEqual(readFileSync(at(`ungauged_all/${model}/test_preds/test_preds_${held}.csv`)));
    const again = await readTable(at("predict/2017-10-01_2018-09-30/overall_metrics.csv"));
    const own = await readTable(at("overall_metrics.csv"));
    const comparable = (rows: typeof own) =>
      rows
        .map(({ partition, seen_days: _, ...row }) => ({
          ...row,
          partition: partition === "period" ? "test" : partition,
        }))
        .filter(({ partition }) => partition === "test")
        .map((row) => JSON.stringify(Object.entries(row).sort()))
        .sort();
    expect(comparable(again)).toEqual(comparable(own));
  });

  test("is named in every text, with scores and verdicts beside those of the other sites", async () => {
    const sentence = `1 of 4 sites is ungauged here: ${held}. No model was trained or scaled on it`;
    const summary = readFileSync(at("statistics/summary.md"), "utf8");
    expect(summary).toContain(sentence);
    expect(summary).toContain(`## Gauged and ungauged sites\n\nUngauged: ${held}.`);
    expect(summary).toMatch(/\| ungauged \| 1 \| 1 \| -?\d/);
    expect(readFileSync(at("about.txt"), "utf8")).toContain(
      `Ungauged sites, which no model was trained or scaled on: ${held} (column gauged).`,
    );
    const page = [
      at("report/index.html"),
      ...readdirSync(at("report/assets"), { recursive: true })
        .map((name) => at(`report/assets/${name}`))
        .filter((name) => name.endsWith(".js")),
    ];
    expect(page.map((file) => readFileSync(file, "utf8")).join()).toContain(sentence);
    const source = await resolved(data);
    expect(await answer(answerSource(source), folder, false)).toContain(
      `\nUngauged, no model was trained on them: ${held}\n`,
    );
    const scores = await readTable(at("statistics/ungauged_scores.csv"));
    expect(scores.map(({ gauged, factor, sites }) => [gauged, factor, sites])).toEqual([
      ["yes", "0", "3"],
      ["yes", "1", "3"],
      ["no", "0", "1"],
      ["no", "1", "1"],
    ]);
    const counts = await readTable(at("statistics/ungauged_counts.csv"));
    expect(counts.map(({ test }) => test)).toContain("chosen_factor_days");
    for (const row of counts) expect(row.sites).toBe(row.gauged === "yes" ? "3" : "1");
  });

  test("has its ensembles, series and export, and there is nothing to do again", async () => {
    expect(existsSync(at(`site_id_${held}/factor_1/ensemble/test_metrics.csv`))).toBe(true);
    expect(existsSync(at(`report/series/${held}.js`))).toBe(true);
    expect(existsSync(at(`export/predictions/${held}.nc`))).toBe(true);
    expect(existsSync(at(`site_id_${held}/baselines.csv`))).toBe(true);
    const rules = workflow.rules(await resolved(data));
    expect(dryRun({ rules, folder }).counts.size).toBe(0);
  });
});

test("units by a column hold out their own sites; the others have none", async () => {
  const folder = newFolder();
  const data = caseFolder({
    sites: [...sites, "99"],
    columns: { region: ["east", "east", "west", "west", "west"] },
  });
  const { summary } = await runIn(folder, data, { trainOn: "region", attributes: [], seeds: [0] });
  expect(summary).toMatchObject({ outcome: "done", failed: [] });
  expect(readdirSync(join(folder, "expB")).filter((name) => name.startsWith("ungauged"))).toEqual([
    "ungauged_west",
  ]);
  expect(
    new Set((await readTable(join(folder, "expB/overall_metrics.csv"))).map((row) => row.site_id)),
  ).toEqual(new Set([...sites, "99"]));
});

test("an ungauged site needs no observations in train, and gaps of its drivers are treated like all", async () => {
  const folder = newFolder();
  const data = dataOf((day, site) => {
    differ(day, site);
    if (site !== held) return;
    if (day.i < 366) day.flow = day.other = "";
    if (day.i >= 500 && day.i < 505) day.tmax = "";
  });
  const { summary } = await runIn(folder, data, { seeds: [0], factors: [1], fillGaps: 3 });
  expect(summary).toMatchObject({ outcome: "done", failed: [] });
  const rows = (await readTable(join(folder, "expB/overall_metrics.csv"))).filter(
    ({ site_id }) => site_id === held,
  );
  expect(rows.map(({ partition, variable, n_obs }) => [partition, variable, n_obs])).toEqual([
    ["validation", "discharge_cms", "275"],
    ["validation", "temp_c", "275"],
    ["test", "discharge_cms", "365"],
    ["test", "temp_c", "365"],
  ]);
});

test("a site whose data cannot be prepared is left out, like any other", async () => {
  const folder = newFolder();
  const data = dataOf((day, site) => {
    differ(day, site);
    if (site === held && day.i === 40) day.tmax = "";
  });
  const { summary } = await runIn(folder, data, { seeds: [0], factors: [1] });
  expect(summary.outcome).toBe("done");
  expect(
    new Set((await readTable(join(folder, "expB/overall_metrics.csv"))).map((row) => row.site_id)),
  ).toEqual(new Set(others));
  expect(readFileSync(join(folder, "expB/left_out.csv"), "utf8")).toContain(`${held},`);
});

test("without holdOut an experiment is what it was", async () => {
  const data = dataOf();
  const { holdOut: _, ...plain } = entry;
  const config = (one: object) => Config.parse({ data, experiment: "expB", experiments: { expB: one } });
  const [without, none] = [
    await resolveConfig(config(plain)),
    await resolveConfig(config({ ...entry, holdOut: [] })),
  ];
  expect(none).toEqual(without);
  expect(without.units).not.toHaveProperty("heldOut");
  expect(Object.keys(workflow.rules(without)).filter((name) => name.includes("ungauged"))).toEqual([]);
});

describe("what cannot be held out is refused", () => {
  const data = dataOf();
  const each = { trainOn: "each", attributes: [], scaling: {} };
  test.each<[Changes, string]>([
    [each, `Cannot hold out site "${held}": with trainOn: each a model learns from its own site alone`],
    [
      { scaling: {} },
      `Cannot hold out site "${held}": no model knows its scale, because scaling.targets is site`,
    ],
    [
      { holdOut: ["14185001"] },
      'Cannot hold out site "14185001": it is not among the sites of the experiment\n  closest  14185000',
    ],
    [{ exclude: [held] }, `Cannot hold out site "${held}": it is not among the sites of the experiment`],
    [{ holdOut: [held, held] }, `Cannot hold out site "${held}": it is given twice`],
    [
      { holdOut: sites.slice(1) },
      'Cannot hold out site "01022500": the experiment then learns from one site, "01013500"',
    ],
    [{ holdOut: sites }, 'Cannot hold out site "01013500": the experiment then learns from no site'],
    [
      { trainOn: "region", holdOut: [held] },
      `Cannot hold out site "${held}": the unit "west" then learns from one site`,
    ],
  ])("%j", async (changes, message) => {
    await expect(resolved(data, changes)).rejects.toThrow(message);
  });
});

test("sites held out are judged on test by themselves where the default target scores validation alone", async () => {
  const folder = newFolder();
  const changes = { evaluate: ["validation"] };
  expect((await runIn(folder, dataOf(), changes, ["statistics"])).summary).toMatchObject({
    outcome: "done",
    failed: [],
  });
  const scores = await readTable(join(folder, "expB/statistics/metrics.csv"));
  for (const partition of ["validation", "test"])
    expect(
      new Set(scores.filter((row) => row.partition === partition).map(({ site_id }) => site_id)),
    ).toEqual(new Set(sites));
  const tests = await readTable(join(folder, "expB/statistics/tests.csv"));
  expect(tests.find((row) => row.test === "naive_factor" && row.site_id === held)).toMatchObject({
    partition: "test",
    pairs: "6",
  });
});
