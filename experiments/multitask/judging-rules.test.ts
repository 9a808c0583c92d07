import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dryRun, run } from "braid-engine/run";
import { describe, expect, test } from "vitest";
import { readTable } from "./statistics/tables.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";
import { smallExperiment, smallStatistics } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

// Results that stand where the tests are started would speak for those made here.
process.chdir(newFolder());

const settings = {
  factors: [0, 1, 20],
  evaluate: ["validation", "test"],
  statistics: { permutations: 499, resamples: 200 },
};

const data = madeUpData();

const { resolved, statistics, answerOf } = smallStatistics(settings, data);

describe("where the default target scores validation alone", () => {
  const few = { evaluate: ["validation"], seeds: "0..5", training: { epochs: 1, learningRate: 0.01 } };
  const jobsOf = async (folder: string, targets: string[], changes: object) =>
    Object.fromEntries(
      dryRun({ rules: workflow.rules(await resolved({ ...few, ...changes })), folder, targets }).counts,
    );

  test.each([
    ["files", { make_predictions: 36, evaluate_predictions: 36 }],
    ["packed", { make_predictions: 6, evaluate_judged: 6 }],
  ])(
    "the statistics score test by themselves, in the layout %s, and make nothing of it again",
    async (layout, scored) => {
      const folder = newFolder();
      const changes = { ...few, layout };
      await run({ rules: workflow.rules(await resolved(changes)), folder, slots: 2 });
      const overall = join(folder, "expA/overall_metrics.csv");
      const before = readFileSync(overall);
      expect(await answerOf(folder, false, changes)).toContain(
        "The target `statistics` tests them. It scores test too, and trains nothing.",
      );
      expect(await jobsOf(folder, ["statistics"], changes)).toEqual({
        ...scored,
        combine_judged: 1,
        ensemble_predictions: 12,
        combine_ensembles: 1,
        test_auxiliary: 1,
        test_factors: 1,
        measure_gains: 1,
        count_verdicts: 1,
        summarise_statistics: 1,
        describe_provenance: 1,
        statistics: 1,
      });
      expect(await statistics(folder, changes)).toMatchObject({ outcome: "done", failed: [] });
      const tests = await readTable(join(folder, "expA/statistics/tests.csv"));
      expect(tests.find(({ test }) => test === "chosen_factor")).toMatchObject({
        partition: "test",
        pairs: "3",
      });
      expect(await jobsOf(folder, ["all"], changes)).toEqual({});
      expect(readFileSync(overall)).toEqual(before);
      const told = await answerOf(folder, false, changes);
      expect(told).toContain("expA: NSE of discharge_cms on test, 2 sites, 6 seeds");
      expect(told).toContain("More: expA/statistics/summary.md");
      // Metrics that were gathered again and are the same leave the tests standing.
      const later = new Date(Date.now() + 60_000);
      utimesSync(overall, later, later);
      expect(await answerOf(folder, false, changes)).toContain("More: expA/statistics/summary.md");
      writeFileSync(overall, before.toString().replaceAll(/,0\.\d+,/g, ",0.25,"));
      expect(await answerOf(folder, false, changes)).toContain("on validation, 2 sites, 6 seeds");
    },
  );

  test("the tables are those of a run that scores both", async () => {
    const [alone, both] = [newFolder(), newFolder()];
    await statistics(alone, few);
    await statistics(both, { ...few, evaluate: ["validation", "test"] });
    for (const table of ["tests", "factors", "months", "ensemble_days", "counts", "ensemble_metrics"])
      expect(readFileSync(join(alone, `expA/statistics/${table}.csv`), "utf8")).toBe(
        readFileSync(join(both, `expA/statistics/${table}.csv`), "utf8"),
      );
  });

  test("a site whose data cannot be prepared is left out of the further scores, too", async () => {
    const dry = madeUpData((days, site) =>
      site === "01022500" ? days.map((day) => ({ ...day, q: "" })) : days,
    );
    const folder = newFolder();
    const summary = await smallStatistics(settings, dry).statistics(folder, { ...few, factors: [0, 1] });
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
    const scores = await readTable(join(folder, "expA/statistics/metrics.csv"));
    expect(new Set(scores.map(({ site_id, partition }) => `${site_id} ${partition}`))).toEqual(
      new Set(["14185000 validation", "14185000 test"]),
    );
    expect(readFileSync(join(folder, "expA/statistics/summary.md"), "utf8")).toContain("1 of 2 sites");
  });

  test("so does the page", async () => {
    expect(await jobsOf(newFolder(), ["report"], {})).toMatchObject({
      evaluate_predictions: 72,
      combine_judged: 1,
    });
  });
});

describe("what cannot be judged is refused with the reason", () => {
  const few = { factors: [0, 1], seeds: "0..5", training: { epochs: 1, learningRate: 0.01 } };

  test("a site without temperature in train, whose models are those of factor 0", async () => {
    const cold = madeUpData((days, site) =>
      site === "01022500" ? days.map((day) => ({ ...day, t: "" })) : days,
    );
    const folder = newFolder();
    await smallStatistics(settings, cold).statistics(folder, few);
    const reason = "same model: no auxiliary was observed in train, so the factor changes nothing";
    const tests = await readTable(join(folder, "expA/statistics/tests.csv"));
    for (const row of tests.filter(({ site_id }) => site_id === "01022500"))
      expect(row).toMatchObject({ verdict: "refused", verdict_holm: "refused", refused: reason, p: "" });
    // The correction counts the other site alone: one test is not corrected.
    const naive = tests.find(({ test, site_id }) => test === "naive_factor" && site_id === "14185000")!;
    expect(naive.p).not.toBe("");
    expect(naive.p_holm).toBe(naive.p);
    const gain = (await readTable(join(folder, "expA/statistics/factors.csv"))).find(
      ({ site_id, factor }) => site_id === "01022500" && factor === "1",
    );
    expect(gain).toMatchObject({ median_difference: "", seeds_better: "" });
    expect(gain!.nse_median).not.toBe("");
    const counts = await readTable(join(folder, "expA/statistics/counts.csv"));
    expect(counts.find(({ test }) => test === "naive_factor")).toMatchObject({
      sites: "1",
      refused: "1",
      reason,
    });
    const days = await readTable(join(folder, "expA/statistics/ensemble_days.csv"));
    expect(days[0]).toMatchObject({
      verdict: "refused",
      low: "",
      refused: "same model: every prediction equals that of factor 0",
    });
    expect(readFileSync(join(folder, "expA/statistics/summary.md"), "utf8")).toContain(reason);
  });

  test("a bootstrap over fewer days than six blocks", async () => {
    const folder = newFolder();
    const partitions = { ...smallExperiment.partitions, test: "2003-04-01..2003-07-31" };
    // Twenty seeds: ten judge the factor that the others chose.
    expect(await statistics(folder, { ...few, seeds: "0..19", partitions })).toMatchObject({ failed: [] });
    const reason = "fewer than 180 observed days: a bootstrap over days needs 6 blocks of 30";
    const [days] = await readTable(join(folder, "expA/statistics/ensemble_days.csv"));
    expect(days).toMatchObject({ verdict: "refused", low: "", refused: reason });
    expect(days!.difference).not.toBe("");
    const counts = await readTable(join(folder, "expA/statistics/counts.csv"));
    expect(counts.find(({ test }) => test === "chosen_factor_days")).toMatchObject({ sites: "0", reason });
    expect(counts.find(({ test }) => test === "chosen_factor")).toMatchObject({ sites: "2", reason: "" });
  });
});
