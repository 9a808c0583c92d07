/** What the target `predict` warns of, and what it refuses. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dryRun } from "braid-engine/run";
import { describe, expect, test } from "vitest";
import { predictedText } from "./statistics/predicted.ts";
import { newFolder } from "./testing/made-up-data.ts";
import {
  below,
  dataOf,
  differ,
  entry,
  four,
  resolved,
  runIn,
  scores,
  shared,
  sites,
  test17,
} from "./testing/predicting.ts";
import { caseFolder } from "./testing/real-life.ts";
import type { Changes } from "./testing/run-rivers.ts";
import workflow from "./workflow.ts";

const typed = { shown: (path: string) => path };

describe("what readers must know", () => {
  test("the medians at gauged and ungauged sites end the run", async () => {
    const folder = newFolder();
    const data = dataOf();
    const changes = { ...shared, predict: { period: test17, data: dataOf(four) } };
    await runIn(folder, data, changes);
    const source = await resolved(data, changes);
    const text = await predictedText({ ...source, primary: "discharge_cms" }, folder, typed);
    expect(text).toMatch(
      /^Predictions: expA\/predict\/2017-10-01_2018-09-30\nfactor +NSE at 3 gauged sites +NSE at 1 ungauged site\n0 +-?\d+\.\d+ +-?\d+\.\d+\n1 /,
    );
    expect(await predictedText({ ...source, primary: "discharge_cms" }, newFolder(), typed)).toBeNull();
  });

  test("the predicted period ends the run before the scores of the experiment", async () => {
    const folder = newFolder();
    const [data, changes] = [dataOf(), { seeds: [0], factors: [0, 1], predict: { period: test17 } }];
    await runIn(folder, data, changes, ["all", "predict"]);
    const experiment = await resolved(data, changes);
    const before = process.cwd();
    process.chdir(folder);
    try {
      const text = await workflow.results!(experiment, [], {
        ...typed,
        ...{ run: "exp", make: (name) => name, fold: (line) => line },
      });
      expect(text).toMatch(
        /^Predictions: expA\/predict[\s\S]*\n\nexpA: NSE of discharge_cms on test, 3 sites/,
      );
    } finally {
      process.chdir(before);
    }
  });

  test("days that were trained on are counted, and a warning says so", async () => {
    const folder = newFolder();
    const changes = { seeds: [0], factors: [1], predict: { period: ["2016-09-01..2016-10-31"] } };
    const { warnings } = await runIn(folder, dataOf(), changes);
    expect(warnings.join("\n")).toContain(
      "30 of 61 predicted days are days on which the models were trained",
    );
    expect(new Set((await scores(folder)).map(({ seen_days }) => seen_days))).toEqual(new Set(["30"]));
    expect(readFileSync(below(folder, "about.txt"), "utf8")).toContain("30 of 61 predicted days");
    const source = { ...(await resolved(dataOf(), changes)), primary: "discharge_cms" };
    expect(await predictedText(source, folder, typed)).toMatch(
      /^Predictions: .*\nNot all days are new: the models were trained, or their epochs chosen, on 30 predicted days\. At gauged sites these scores do not show how the models predict new days\.\nfactor /,
    );
  });

  test.each<[string, Changes]>([
    ["one site", {}],
    ["several sites", shared],
  ])("drivers in another unit are warned of: models of %s", async (_, changes) => {
    const kelvin = dataOf(sites, (day, site) => {
      differ(day, site);
      if (site === sites[1]) day.tmax = (Number(day.tmax) + 273.15).toFixed(2);
    });
    const { warnings } = await runIn(newFolder(), dataOf(), {
      ...{ ...changes, seeds: [0], factors: [1] },
      predict: { period: test17, data: kelvin },
    });
    const unlike = warnings.filter((text) => text.includes("standard deviations from the train days"));
    expect(unlike).toHaveLength(1);
    expect(unlike[0]).toMatch(/"tmax_c" of site 01022500 is on average \d\d\.\d standard deviations/);
  });

  test("so are days that chose the epochs", async () => {
    const folder = newFolder();
    const training = { ...entry.training, select: "best" };
    const changes = { seeds: [0], factors: [1], training, predict: { period: ["2017-09-01..2017-10-31"] } };
    await runIn(folder, dataOf(), changes);
    expect(new Set((await scores(folder)).map(({ seen_days }) => seen_days))).toEqual(new Set(["30"]));
  });

  test("gaps of the drivers are closed or leave windows out, and the other days are scored", async () => {
    const other = dataOf(sites, (day, site) => {
      differ(day, site);
      if (site === sites[0] && (day.i === 750 || day.i === 751)) day.tmax = "";
      if (site === sites[1] && day.i >= 800 && day.i < 805) day.tmax = "";
    });
    const folder = newFolder();
    const changes = { seeds: [0], factors: [1], fillGaps: 3, predict: { period: test17, data: other } };
    const { summary, warnings } = await runIn(folder, dataOf(), changes);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
    expect(warnings.join("\n")).toMatch(/site 01022500: \d of 5 windows with gaps in the drivers left out/);
    const flows = (await scores(folder)).filter(({ variable }) => variable === "discharge_cms");
    expect(flows.map(({ site_id, n_obs }) => [site_id, n_obs])).toEqual([
      ["01013500", "365"],
      ["01022500", "275"],
      ["14185000", "365"],
    ]);
  });

  test("a site whose drivers end too early is left out, with the reason", async () => {
    const other = dataOf();
    const path = join(other, "input_file.csv");
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, lines.filter((line) => !line.startsWith("14185000,2018-09")).join("\n"));
    const folder = newFolder();
    const changes = { seeds: [0], factors: [1], predict: { period: test17, data: other } };
    const { summary } = await runIn(folder, dataOf(), changes);
    expect(summary.optional![0]!.error).toContain("the drivers have no line for 2018-09-01");
    expect(summary.optional![0]!.error).toContain('needed by  partition "period"');
    expect(readFileSync(below(folder, "about.txt"), "utf8")).toContain(
      "Left out, since their drivers could not be prepared: 14185000.",
    );
  });

  test("a period without drivers at any site fails", async () => {
    const { summary } = await runIn(newFolder(), dataOf(), {
      ...{ seeds: [0], factors: [1] },
      predict: { period: "2031-01-01..2031-12-31" },
    });
    expect(summary.outcome).toBe("failed");
    expect(summary.optional).toHaveLength(3);
    expect(summary.optional![0]!.error).toContain("the drivers have no line for 2030-12-22");
  });

  test("a model that was trained with other scales is refused", async () => {
    const folder = newFolder();
    const data = dataOf();
    const changes = { seeds: [0], factors: [1], sites: ["01022500"], predict: { period: test17 } };
    await runIn(folder, data, changes, ["predict"]);
    const model = join(folder, "expA/site_id_01022500/factor_1/rand_seed_0/trained_model/model.json");
    const text = readFileSync(model, "utf8");
    const at = text.indexOf('"mean":') + '"mean":'.length;
    writeFileSync(model, `${text.slice(0, at)}1${text.slice(at)}`);
    const rules = workflow.rules(await resolved(data, changes));
    const { predict_period } = rules as Record<string, { runBatch?: unknown }>;
    const failed: string[] = [];
    const job = {
      input: {
        prepared: below(folder, "site_id_01022500/prepped_data.npz"),
        model: join(folder, "expA/site_id_01022500/factor_1/rand_seed_0/trained_model"),
      },
      fail: (error: Error) => failed.push(error.message),
    };
    await (predict_period!.runBatch as (batch: readonly unknown[]) => Promise<void>)([job]);
    expect(failed[0]).toContain("it was trained with other scales or drivers than");
    expect(failed[0]).toContain("Train again: -R train_model");
  });
});

test("data that are the experiment's own are read as without the key", async () => {
  const data = dataOf();
  const { predict } = await resolved(data, { predict: { period: test17 } });
  expect((await resolved(data, { predict: { period: test17, data: `${data}/` } })).predict).toEqual(predict);
});

describe("what cannot be predicted is refused", () => {
  const data = dataOf();
  const other = dataOf(["14306500"]);
  const bare = caseFolder({ sites: ["14306500"], list: null });
  const empty = newFolder();
  const lonely = join(newFolder(), "weather.parquet");
  writeFileSync(lonely, "");
  const predict = (keys: Changes, changes: Changes = {}): Changes => ({
    ...changes,
    predict: { period: test17, ...keys },
  });

  test.each<[string, Changes, string]>([
    ["no days", { predict: { period: "2018" } }, 'Cannot read date range "2018"'],
    [
      "days twice",
      predict({ period: ["2018-01-01..2018-02-01", "2018-02-01..2018-03-01"] }),
      '"period" and "period" overlap',
    ],
    ["no data", predict({ data: "nowhere" }), 'Cannot predict from "nowhere": it does not exist'],
    ["no drivers", predict({ data: empty }), "it has no input_file.csv"],
    [
      "a file without the drivers",
      predict({ data: join(data, "obs_file.csv") }),
      'it has no column "prcp_mm"',
    ],
    [
      "an unknown site",
      predict({ sites: ["01022501"] }),
      'Cannot predict site "01022501": no model of the experiment was trained on it\n  closest  01022500',
    ],
    [
      "other sites of models of one site",
      predict({ data: other }),
      "it has none of the sites that the models can predict",
    ],
    [
      "a site that is not in the data",
      predict({ data: other, sites: ["01022500"] }),
      'Cannot use site "01022500"',
    ],
    [
      "ungauged sites under site scaling",
      predict({ data: other }, { ...shared, scaling: {} }),
      'Cannot predict site "14306500": no model knows its scale, because scaling.targets is site',
    ],
    [
      "a site without the attributes",
      predict({ data: bare }, shared),
      'Cannot use attribute "elevation_m": ',
    ],
    [
      "a site of no unit",
      predict(
        { data: caseFolder({ sites: ["99"], columns: { region: ["north"] } }) },
        { ...shared, trainOn: "region", sites: sites.slice(0, 2) },
      ),
      'Cannot predict site "99": no model was trained on its region\n  its region   north',
    ],
  ])("%s", async (_, changes, message) => {
    await expect(resolved(data, changes)).rejects.toThrow(message);
  });

  test("an attribute that is the climate of train days that the drivers do not have", async () => {
    const short = dataOf(four);
    const path = join(short, "input_file.csv");
    const lines = readFileSync(path, "utf8").split("\n");
    writeFileSync(path, lines.filter((line) => !line.startsWith("14306500,2015")).join("\n"));
    const { summary } = await runIn(newFolder(), data, {
      ...{ ...shared, seeds: [0], factors: [1] },
      predict: { period: test17, data: short, sites: ["14306500"] },
    });
    expect(JSON.stringify(summary)).toContain("do not have all train days");
  });

  test("a target without a period", async () => {
    const rules = workflow.rules(await resolved(data, {}));
    expect(() => dryRun({ rules, folder: newFolder(), targets: ["predict"] })).toThrow(
      'Cannot make "predictions without a period (give one: --predict.period 2010-10-01..2012-09-30)": no rule makes it',
    );
  });
});
