/** The validation losses in a model against the scores of the same days, which know nothing of the training. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "braid-engine/run";
import { expect, test } from "vitest";
import { readTable } from "./statistics/tables.ts";
import { type MadeUpDay, madeUpData, newFolder } from "./testing/made-up-data.ts";
import { resolveSmall } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

const settings = {
  factors: [0, 5],
  seeds: "0",
  evaluate: ["validation", "test"],
  sequence: { length: 100, warmup: 30 },
  training: { epochs: 4, learningRate: 0.05, select: "best" },
  backend: "wasm",
};

/** One site is observed on a third of the days that the other is. */
const seldom = (days: MadeUpDay[], site: string) =>
  site === "01022500" ? days.map((day, i) => (i % 3 === 0 ? day : { ...day, q: "" })) : days;

test.each(["each", "all"])(
  "trainOn: %s: the loss of the epoch kept is the error of its predictions, each site counting the same",
  async (trainOn) => {
    const folder = newFolder();
    const rules = workflow.rules(await resolveSmall({ ...settings, trainOn }, madeUpData(seldom)));
    const summary = await run({ rules, folder, slots: 1 });
    expect(summary.failed).toEqual([]);
    const metrics = await readTable(join(folder, "expA/overall_metrics.csv"));
    const files = globSync("expA/**/trained_model/model.json", { cwd: folder });
    expect(files).toHaveLength(trainOn === "each" ? 4 : 2);
    for (const file of files) {
      const { validation, metadata } = JSON.parse(
        readFileSync(join(folder, file), "utf8"),
      ).userDefinedMetadata;
      const sites: string[] = metadata.sites ?? [metadata.site];
      const scaled = sites.map((site, s) => {
        const row = metrics.find(
          (one) =>
            one.site_id === site &&
            Number(one.factor) === metadata.factor &&
            one.partition === "validation" &&
            one.variable === "discharge_cms",
        )!;
        const { std } = metadata.scaler.ySites?.[s]?.[0] ?? metadata.scaler.y[0];
        return Number(row.rmse) / std;
      });
      const mean = scaled.reduce((sum, value) => sum + value, 0) / scaled.length;
      expect(validation.losses[(validation.epoch - 1) * 2]).toBeCloseTo(mean, 4);
      if (trainOn === "all") expect(Math.abs(scaled[0]! - scaled[1]!)).toBeGreaterThan(1e-3);
    }
  },
  60_000,
);
