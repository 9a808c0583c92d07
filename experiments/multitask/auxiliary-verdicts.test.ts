import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dryRun, run } from "braid-engine/run";
import { describe, expect, test } from "vitest";
import { Config } from "./config.ts";
import { answerSource } from "./judging-rules.ts";
import { resolveConfig } from "./resolve.ts";
import { answer } from "./statistics/answer.ts";
import { numberIn, type Row, readTable } from "./statistics/tables.ts";
import { type MadeUpDay, madeUpData, newFolder } from "./testing/made-up-data.ts";
import { smallExperiment } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

const entry = {
  ...smallExperiment,
  seeds: "0..5",
  training: { epochs: 1, learningRate: 0.01 },
  statistics: { permutations: 99, resamples: 100 },
};
const reversed = { ...entry, primary: "temp_c", auxiliary: ["discharge_cms"] };

/** A folder in which experiments of one config are run, one after the other. */
function place(data = madeUpData(), experiments: object = { expA: entry, expC: reversed }) {
  const folder = newFolder();
  const resolved = (experiment: string, changes: object = {}) => {
    const named = experiments as Record<string, object>;
    const changed = { ...named, [experiment]: { ...named[experiment], ...changes } };
    return resolveConfig(Config.parse({ data, experiment, experiments: changed }), folder);
  };
  const make = async (experiment: string, targets: string[], changes: object = {}) => {
    const rules = workflow.rules(await resolved(experiment, changes));
    return run({ rules, folder, targets, slots: 2 });
  };
  const table = (path: string) => readTable(join(folder, path));
  /** The reasons why temperature has no verdict in expA. */
  const refusals = async () => {
    expect(await make("expA", ["statistics"])).toMatchObject({ outcome: "done", failed: [] });
    const tests = await table("expA/statistics/auxiliary_tests.csv");
    for (const row of tests) expect(row).toMatchObject({ variable: "temp_c", verdict: "refused", p: "" });
    return [...new Set(tests.map(({ refused }) => refused))];
  };
  return { folder, resolved, make, table, refusals };
}

const both = { factors: [0], evaluate: ["validation", "test"] };

describe("an auxiliary variable", () => {
  test("is judged against the single-task models of the experiment that has it as its primary", async () => {
    const { folder, resolved, make, table } = place();
    await make("expC", ["all"], both);
    expect(await make("expA", ["statistics"])).toMatchObject({ outcome: "done", failed: [] });
    const own = await table("expA/statistics/metrics.csv");
    const single = await table("expC/overall_metrics.csv");
    const nse = (rows: readonly Row[], factor: string, seed: number) =>
      numberIn(
        rows.find(
          (row) =>
            row.site_id === "14185000" &&
            row.variable === "temp_c" &&
            row.partition === "test" &&
            row.factor === factor &&
            row.seed === String(seed),
        )!.nse,
      )!;
    const gains = [0, 1, 2, 3, 4, 5]
      .map((seed) => nse(own, "1", seed) - nse(single, "0", seed))
      .sort((a, b) => a - b);
    const tests = await table("expA/statistics/auxiliary_tests.csv");
    const naive = tests.find((row) => row.test === "naive_factor" && row.site_id === "14185000")!;
    expect(naive).toMatchObject({ variable: "temp_c", single_task: "expC", partition: "test", pairs: "6" });
    expect(Number(naive.median_difference)).toBeCloseTo((gains[2]! + gains[3]!) / 2, 6);
    expect(naive.verdict).not.toBe("refused");
    const counts = await table("expA/statistics/auxiliary_counts.csv");
    expect(counts).toHaveLength(5 * 3);
    expect(counts.find((row) => row.test === "naive_factor")).toMatchObject({ sites: "2", refused: "0" });
    const summary = readFileSync(join(folder, "expA/statistics/summary.md"), "utf8");
    expect(summary).toContain("## The auxiliary variable temp_c");
    expect(summary).toContain("are against factor 0 of expC, which has it as the primary");
    const text = await answer(answerSource(await resolved("expA")), folder, false);
    expect(text).toMatch(
      /temp_c, factor 1, fixed in advance, against factor 0 of expC:\n\d better, \d no difference, \d worse\./,
    );
    const { counts: left } = dryRun({
      rules: workflow.rules(await resolved("expA")),
      folder,
      targets: ["statistics"],
    });
    expect(Object.fromEntries(left)).toEqual({});
  });

  test("is refused, with the command that makes its baseline, until this was trained in the same way", async () => {
    const { folder, resolved, make, refusals } = place();
    const command = "With the same options: pnpm exp:c --factors 0 --evaluate validation test";
    expect(await refusals()).toEqual([`expC, whose factor 0 trains it alone, was not run here. ${command}`]);
    expect(await answer(answerSource(await resolved("expA")), folder, false)).toContain(
      `No verdict on temp_c: expC, whose factor 0 trains it alone, was not run here.\n${command}.`,
    );
    await make("expC", ["all"], { factors: [0] });
    expect(await refusals()).toEqual([
      `expC, whose factor 0 trains it alone, is not scored on validation and test. ${command}`,
    ]);
    await make("expC", ["all"], { ...both, training: { epochs: 2, learningRate: 0.01 } });
    expect(await refusals()).toEqual([`expC was trained with other settings or on other data. ${command}`]);
    await make("expC", ["all"], both);
    await expect(refusals()).rejects.toThrow();
  });

  test("takes the scores that the statistics of the other experiment left, and sees if they are older", async () => {
    const { make, table, refusals } = place();
    await make("expC", ["statistics"]);
    await make("expA", ["statistics"]);
    const tests = await table("expA/statistics/auxiliary_tests.csv");
    expect(tests.find((row) => row.test === "naive_factor")).toMatchObject({
      single_task: "expC",
      pairs: "6",
    });
    await make("expC", ["all"], { training: { epochs: 2, learningRate: 0.01 } });
    expect(await refusals()).toEqual([
      "the tables of expC are of different models (site 01022500). Make them again: pnpm exp:c statistics",
    ]);
    // A table of the default target that has all partitions is enough.
    await make("expC", ["all"], both);
    await make("expA", ["statistics"]);
    const again = await table("expA/statistics/auxiliary_tests.csv");
    expect(again.find((row) => row.test === "naive_factor")!.verdict).not.toBe("refused");
  });

  test("of a split is judged against the same split of the other experiment", async () => {
    const splits = [{ test: "2003-07-01..2003-09-30" }, { name: "usual" }];
    const { make, table } = place(madeUpData(), {
      expA: { ...entry, splits },
      expC: { ...reversed, splits },
    });
    await make("expC", ["all"], both);
    expect(await make("expA", ["statistics"])).toMatchObject({ outcome: "done", failed: [] });
    for (const split of ["split_1", "split_usual"]) {
      const tests = await table(`expA/${split}/statistics/auxiliary_tests.csv`);
      expect(tests.find((row) => row.test === "naive_factor")).toMatchObject({
        single_task: `expC/${split}`,
        pairs: "6",
        partition: "test",
      });
    }
  });

  test("without an experiment that has it as its primary is refused, and where a site lacks it, there alone", async () => {
    const alone = place(madeUpData(), { expA: entry, expD: { ...reversed, trainOn: "all" } });
    expect(await alone.refusals()).toEqual([
      "no experiment of the config has it as its primary. Add one (trainOn: each), and run its factor 0",
    ]);
    const cold = madeUpData((days: MadeUpDay[], site) =>
      site === "01022500" ? days.map((day) => ({ ...day, t: "" })) : days,
    );
    const { make, table } = place(cold);
    await make("expC", ["all"], both);
    await make("expA", ["statistics"]);
    const naive = (await table("expA/statistics/auxiliary_tests.csv")).filter(
      (row) => row.test === "naive_factor",
    );
    expect(naive.map(({ site_id, refused }) => [site_id, refused])).toEqual([
      ["01022500", "temp_c has no score on test here"],
      ["14185000", ""],
    ]);
  });
});
