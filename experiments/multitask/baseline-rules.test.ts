import { readFileSync } from "node:fs";
import { join } from "node:path";
import { dryRun, run } from "braid-engine/run";
import { describe, expect, test } from "vitest";
import { answerSource } from "./judging-rules.ts";
import { answer } from "./statistics/answer.ts";
import { readTable } from "./statistics/tables.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";
import { resolveSmall } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

async function runAll(changes: Record<string, unknown>, data: string) {
  const folder = newFolder();
  const experiment = await resolveSmall({ evaluate: ["validation", "test"], ...changes }, data);
  const rules = workflow.rules(experiment);
  const summary = await run({ rules, folder, slots: 1, keepGoing: true, targets: ["baselines"] });
  const answerOf = () => answer(answerSource(experiment), folder, false);
  return {
    folder,
    summary,
    rules,
    answerOf,
    table: (name: string) => readTable(join(folder, "expA/baselines", name)),
  };
}

describe("baselines", () => {
  test("are scored as models are, and the models' skill over them is told", async () => {
    const { folder, summary, table, answerOf } = await runAll({}, madeUpData());
    expect(summary.failed).toEqual([]);
    expect(await answerOf()).toMatch(/\nSkill over baselines: expA\/baselines\/skill\.csv$/);
    const scores = await table("scores.csv");
    expect(scores).toHaveLength(2 * 2 * 2 * 2);
    const [first] = scores;
    expect(first).toMatchObject({
      site_id: "01022500",
      baseline: "climatology",
      partition: "validation",
      n_obs: "182",
    });
    // The made-up flows are a filter of the rain of the last days, and temperatures follow the season.
    for (const row of scores) {
      if (row.baseline === "ridge" && row.variable === "discharge_cms")
        expect(Number(row.nse)).toBeGreaterThan(0.9);
      if (row.baseline === "climatology" && row.variable === "temp_c")
        expect(Number(row.nse)).toBeGreaterThan(0.9);
      if (row.baseline === "climatology" && row.variable === "discharge_cms")
        expect(Number(row.nse)).toBeLessThan(0.5);
    }
    const skill = await table("skill.csv");
    expect(skill).toHaveLength(2 * 2 * 2 * 2);
    const metrics = await readTable(join(folder, "expA/overall_metrics.csv"));
    const row = skill.find(
      ({ factor, baseline, partition }) => factor === "1" && baseline === "ridge" && partition === "test",
    )!;
    const errors = metrics
      .filter(
        (one) =>
          one.site_id === row.site_id &&
          one.factor === "1" &&
          one.partition === "test" &&
          one.variable === "discharge_cms",
      )
      .map(({ rmse }) => Number(rmse));
    const base = Number(row.rmse_baseline);
    const wanted = errors.map((error) => 1 - (error / base) ** 2).reduce((a, b) => a + b) / 2;
    expect(Number(row.skill_median)).toBeCloseTo(wanted, 4);
    expect(row).toMatchObject({ models: "2", models_better: "0" });
  });

  test("are the same for models of several sites, whose prepared data are in other units", async () => {
    const data = madeUpData();
    const [each, all] = [
      await runAll({ seeds: "0" }, data),
      await runAll({ seeds: "0", trainOn: "all" }, data),
    ];
    expect(all.summary.failed).toEqual([]);
    const own = await each.table("scores.csv");
    const shared = await all.table("scores.csv");
    expect(shared).toHaveLength(own.length);
    shared.forEach((row, i) => {
      expect([row.site_id, row.baseline, row.partition]).toEqual([
        own[i]!.site_id,
        own[i]!.baseline,
        own[i]!.partition,
      ]);
      expect(Number(row.nse)).toBeCloseTo(Number(own[i]!.nse), 4);
    });
    expect(new Set((await all.table("skill.csv")).map(({ models }) => models))).toEqual(new Set(["1"]));
  });

  test("of a variable that was never observed in train have no scores", async () => {
    const data = madeUpData((days, site) =>
      site === "01022500" ? days.map((day) => (day.date < "2002-10-01" ? { ...day, t: "" } : day)) : days,
    );
    const { summary, table } = await runAll({ seeds: "0" }, data);
    expect(summary.failed).toEqual([]);
    const scores = await table("scores.csv");
    expect(scores).toHaveLength(2 * 2 * 2 * 2);
    for (const row of scores)
      expect(row.rmse === "").toBe(row.site_id === "01022500" && row.variable === "temp_c");
  });

  test("are not made again for nothing, and those of a variable hang on its own days alone", async () => {
    const data = madeUpData();
    const { folder, rules } = await runAll({ seeds: "0" }, data);
    expect(dryRun({ rules, folder }).counts.size).toBe(0);
    const other = madeUpData((days) =>
      days.map((day) => (day.date >= "2002-10-01" ? { ...day, q: "1.5" } : day)),
    );
    const again = await runAll({ seeds: "0" }, other);
    const text = readFileSync(join(folder, "expA/site_id_01022500/baselines.csv"), "utf8");
    const changed = readFileSync(join(again.folder, "expA/site_id_01022500/baselines.csv"), "utf8");
    expect(changed).not.toBe(text);
    // Their temperatures, which did not change, are predicted as before.
    const temperature = (from: string) => from.split("\n").filter((row) => row.includes("temp_c"));
    expect(temperature(changed)).toEqual(temperature(text));
  });
});
