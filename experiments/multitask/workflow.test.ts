import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeParquet } from "@braid/data/testing";
import { dryRun, run } from "braid-engine/run";
import { describe, expect, test } from "vitest";
import { type MadeUpDay, madeUpData, newFolder } from "./testing/made-up-data.ts";
import { resolveSmall, smallExperiment } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

async function rulesOf(changes: Record<string, unknown>, data: string) {
  return workflow.rules(await resolveSmall(changes, data));
}

/** Runs the whole experiment in this process. */
async function runAll(changes: Record<string, unknown> = {}, data = madeUpData(), folder = newFolder()) {
  const summary = await run({ rules: await rulesOf(changes, data), folder, slots: 2, keepGoing: true });
  const text = (path: string) => readFileSync(join(folder, path), "utf8");
  return { data, folder, summary, text };
}

/** A CSV file as records of text. */
function table(text: string): Record<string, string>[] {
  const [header = [], ...rows] = text
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  return rows.map((row) => Object.fromEntries(header.map((name, i) => [name, row[i]!])));
}

/** Every file below `folder` with its bytes. */
function contents(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return Object.fromEntries(
    files.map((file) => {
      const path = join(file.parentPath, file.name);
      return [path.slice(folder.length), readFileSync(path, "latin1")];
    }),
  );
}

function logs(folder: string): string {
  return Object.values(contents(join(folder, ".braid/logs"))).join("\n");
}

const withoutTemperature = (days: MadeUpDay[], site: string) =>
  site === "01022500" ? days.map((day) => ({ ...day, t: "" })) : days;

describe("the experiment", () => {
  test("trains, predicts, scores and gathers every model", async () => {
    const { summary, text } = await runAll();
    expect(summary).toMatchObject({ outcome: "done", total: 2 + 3 * 8 + 2, failed: [] });
    const rows = table(text("expA/overall_metrics.csv"));
    expect(rows).toHaveLength(2 * 2 * 2 * 2);
    expect(rows[0]).toMatchObject({
      experiment: "expA",
      site_id: "01022500",
      factor: "0",
      seed: "0",
      partition: "validation",
      variable: "discharge_cms",
      trained: "yes",
      backend: "reference",
      n_obs: "182",
    });
    for (const row of rows.filter(({ trained }) => trained === "yes")) {
      expect(Number(row.rmse)).toBeGreaterThan(0);
      expect(Number(row.nse)).toBeLessThan(1);
      expect(row.kge === "").toBe(row.variable === "temp_c");
    }
  });

  test("scores no auxiliary that a factor of 0 never trained, but counts its observations", async () => {
    const { text } = await runAll();
    const rows = table(text("expA/overall_metrics.csv")).filter(({ variable }) => variable === "temp_c");
    for (const { factor, trained, n_obs, rmse, nse, n_top } of rows) {
      expect(n_obs).toBe("182");
      expect(trained).toBe(factor === "0" ? "no" : "yes");
      if (factor === "0") expect([rmse, nse, n_top]).toEqual(["", "", ""]);
      else expect(Number(rmse)).toBeGreaterThan(0);
    }
    const [day] = table(text("expA/site_id_14185000/factor_0/rand_seed_0/validation_preds.csv"));
    expect(day).toMatchObject({ site_id: "14185000", date: "2002-10-01", temp_c: "", backend: "reference" });
  });

  test("calls the auxiliary head a probe where the loss trains it beside a trunk of the primary alone", async () => {
    const training = { ...smallExperiment.training, loss: "nnse" };
    const { text } = await runAll({ training, sites: ["01022500"], seeds: "0" });
    const trained = table(text("expA/overall_metrics.csv")).map(
      ({ factor, variable, trained }) => `${factor} ${variable} ${trained}`,
    );
    expect(trained).toEqual(["0 discharge_cms yes", "0 temp_c probe", "1 discharge_cms yes", "1 temp_c yes"]);
  });

  test("reads Parquet tables as it reads the CSV files of the same values", async () => {
    const made = await runAll();
    for (const name of ["obs_file", "input_file"]) {
      const csv = join(made.data, `${name}.csv`);
      writeParquet(join(made.data, `${name}.parquet`), readFileSync(csv, "utf8"));
      rmSync(csv);
    }
    const again = await runAll({}, made.data);
    expect(again.summary.failed).toEqual([]);
    expect(again.text("expA/overall_metrics.csv")).toBe(made.text("expA/overall_metrics.csv"));
    expect(again.text("data/from_parquet/obs_file.csv")).toMatch(
      /^site_id,date,discharge_cms,temp_c\n01022500,/,
    );
  });

  test("makes the same bytes twice", async () => {
    const data = madeUpData();
    const first = await runAll({}, data);
    const second = await runAll({}, data);
    expect(contents(join(second.folder, "expA"))).toEqual(contents(join(first.folder, "expA")));
  });

  test("predicts every day of each partition asked for, once", async () => {
    const { text } = await runAll({
      evaluate: ["validation", "test", "train"],
      sites: ["01022500"],
      seeds: "0",
      factors: [1],
    });
    const days = (partition: string) =>
      table(text(`expA/site_id_01022500/factor_1/rand_seed_0/${partition}_preds.csv`)).map(
        ({ date }) => date!,
      );
    for (const [partition, first, last, count] of [
      ["train", "2000-10-01", "2002-09-30", 730],
      ["validation", "2002-10-01", "2003-03-31", 182],
      ["test", "2003-04-01", "2003-09-30", 183],
    ] as const) {
      const dates = days(partition);
      expect([dates[0], dates.at(-1), dates.length, new Set(dates).size]).toEqual([
        first,
        last,
        count,
        count,
      ]);
      expect(dates.toSorted()).toEqual(dates);
    }
  });

  test("runs a site without any auxiliary observation, with a warning", async () => {
    const { summary, folder, text } = await runAll({}, madeUpData(withoutTemperature));
    expect(summary.outcome).toBe("done");
    expect(logs(folder)).toContain(
      'Warning: auxiliary "temp_c" of site 01022500 is never observed in train: it is masked everywhere',
    );
    const rows = table(text("expA/overall_metrics.csv")).filter(({ site_id }) => site_id === "01022500");
    for (const row of rows.filter(({ variable }) => variable === "temp_c"))
      expect(row).toMatchObject({ trained: "no", n_obs: "0", rmse: "" });
    expect(table(text("expA/site_id_01022500/excluded.csv"))[0]).toEqual({
      site_id: "01022500",
      column: "temp_c",
      partition: "train",
      from: "2000-10-01",
      to: "2002-09-30",
      days: "730",
      reason: "never observed in train",
    });
  });

  test("with one variable alone is single-task", async () => {
    const { summary, text } = await runAll({ auxiliary: [], factors: [0], seeds: "0" });
    expect(summary.outcome).toBe("done");
    expect(table(text("expA/overall_metrics.csv"))).toHaveLength(2);
  });

  test("with one factor more makes only its models, and gathers anew", async () => {
    const { data, folder } = await runAll();
    const { counts } = dryRun({ rules: await rulesOf({ factors: [0, 1, 5] }, data), folder });
    expect(Object.fromEntries(counts)).toEqual({
      all: 1,
      combine_metrics: 1,
      train_model: 4,
      make_predictions: 4,
      evaluate_predictions: 4,
    });
  });

  test("on another backend makes nothing again", async () => {
    const { data, folder } = await runAll();
    const { counts } = dryRun({ rules: await rulesOf({ backend: "wasm", simd: "baseline" }, data), folder });
    expect(counts.size).toBe(0);
  });
});

describe("a model per site", () => {
  const patternOf = (file: unknown) =>
    typeof file === "string" ? file : (file as { pattern: string }).pattern;

  test("has the paths, wildcards and params of working folders from before there were units", async () => {
    const rules = await rulesOf({}, madeUpData());
    expect(Object.keys(rules)).not.toContain("pool_io_data");
    expect(rules.prep_io_data!.output).toEqual({
      prepared: "expA/site_id_{site_id}/prepped_data.npz",
      excluded: "expA/site_id_{site_id}/excluded.csv",
    });
    const model = "expA/site_id_{site_id}/factor_{factor}/rand_seed_{seed}";
    expect(patternOf(rules.train_model!.output)).toBe(`${model}/trained_model`);
    expect(patternOf(rules.make_predictions!.output)).toBe(`${model}/{partition}_preds.csv`);
    expect(patternOf(rules.evaluate_predictions!.output)).toBe(`${model}/{partition}_metrics.csv`);
    expect(rules.prep_io_data!.params).not.toHaveProperty("targets");
    expect((rules.train_model!.params as { training: object }).training).toMatchObject({ batchSize: null });
    for (const rule of Object.values(rules)) expect(typeof rule.input).not.toBe("function");
  });

  test("makes nothing again where the config says in words what it means without them", async () => {
    const { data, folder } = await runAll();
    const words = { trainOn: "each", attributes: [], scaling: { targets: "site", logDischarge: false } };
    expect(dryRun({ rules: await rulesOf(words, data), folder }).counts.size).toBe(0);
  });
});

describe("what fails, fails alone and says why", () => {
  test("a site whose primary is never observed in train", async () => {
    const data = madeUpData((days, site) =>
      site === "01022500" ? days.map((day) => ({ ...day, q: "" })) : days,
    );
    const { summary, folder } = await runAll({ strict: true }, data);
    expect(summary.outcome).toBe("failed");
    expect(summary.failed).toHaveLength(1);
    expect(summary.failed[0]!.job).toBe("prep_io_data (site_id=01022500)");
    expect(summary.failed[0]!.error).toContain(
      'Cannot prepare site "01022500": its primary "discharge_cms" is never observed in the train partition',
    );
    expect(contents(folder)).toHaveProperty([
      "/expA/site_id_14185000/factor_1/rand_seed_1/validation_metrics.csv",
    ]);
  });

  test("prepared data that are cut off", async () => {
    const { data, folder } = await runAll({ seeds: "0" });
    const file = join(folder, "expA/site_id_01022500/prepped_data.npz");
    writeFileSync(file, readFileSync(file).subarray(0, 5000));
    // With a prep_io_data that makes something else, the damaged file is a source: nobody makes it again.
    const rules = await rulesOf({ seeds: "0..1" }, data);
    const summary = await run({
      rules: { ...rules, prep_io_data: { ...rules.prep_io_data!, output: "elsewhere/{site_id}" } },
      folder,
      slots: 1,
      keepGoing: true,
    });
    expect(summary.failed.map(({ job }) => job)).toContain(
      "train_model (site_id=01022500, factor=0, seed=1)",
    );
    expect(summary.failed[0]!.error).toContain('prepped_data.npz": its table of contents is missing');
    expect(summary.failed[0]!.error).not.toContain("    at ");
    expect(contents(folder)).toHaveProperty([
      "/expA/site_id_14185000/factor_1/rand_seed_1/validation_metrics.csv",
    ]);
  });

  test("a model that diverges", async () => {
    const { summary } = await runAll({
      training: { epochs: 5, learningRate: 1e300 },
      sites: ["01022500"],
      seeds: "0",
    });
    expect(summary.failed.map(({ job }) => job).sort()).toEqual([
      "train_model (site_id=01022500, factor=0, seed=0)",
      "train_model (site_id=01022500, factor=1, seed=0)",
    ]);
    expect(summary.failed[0]!.error).toContain("Cannot train a model");
  });
});
