import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { NetCDFReader } from "netcdfjs";
import { describe, expect, test } from "vitest";
import { reportText } from "./check-workflow.ts";
import { gapCaveat } from "./gap-rules.ts";
import { checkRun } from "./steps/check-run.ts";
import { type Case, caseExperiment, caseFolder, runCase, site } from "./testing/real-life.ts";

const other = "02037500";

/** Windows of 100 days; the first site lacks two short gaps, and long ones in train, validation and test. */
const gappy: Case = {
  sites: [site, other],
  change(day, id) {
    if (id !== site) return;
    if (day.date === "2016-02-03" || day.date === "2018-06-01") day.tmin = "";
    // The second window of train; its last, and the first of validation by its run-in, the last of test.
    if (day.date >= "2016-01-20" && day.date <= "2016-01-25") day.tmax = "";
    if (day.date >= "2016-09-28" && day.date <= "2016-09-30") day.tmax = "";
    if (day.date >= "2018-09-28") day.tmax = "";
  },
  settings: { fillGaps: 2, sequence: { length: 120, warmup: 20 } },
};

/** Lines of a table of scores. */
function rows(folder: string, file: string): Record<string, string>[] {
  return parse(readFileSync(join(folder, file)), { columns: true }) as Record<string, string>[];
}

describe.each(["files", "packed"])("with fillGaps and the layout %s", (layout) => {
  test("days of windows that are left out are in no score, no table and no series", async () => {
    const given = { ...gappy, settings: { ...gappy.settings, layout } };
    const { folder, summary, errors, warnings } = await runCase(given, ["all", "statistics", "report"]);
    expect(errors).toEqual([]);
    expect(summary.outcome).toBe("done");

    // 366, 365 and 365 days; windows of 100 days, 166 of train, 100 of validation and 65 of test left out.
    const scored = rows(folder, "e/overall_metrics.csv");
    const observed = (id: string, partition: string) => [
      ...new Set(
        scored
          .filter((row) => row.site_id === id && row.partition === partition)
          .filter(({ trained }) => trained === "yes")
          .map(({ n_obs }) => n_obs),
      ),
    ];
    expect([observed(site, "validation"), observed(site, "test")]).toEqual([["265"], ["300"]]);
    expect([observed(other, "validation"), observed(other, "test")]).toEqual([["365"], ["365"]]);

    const ensemble = rows(folder, `e/site_id_${site}/factor_1/ensemble/test_days.csv`);
    expect([ensemble.length, ensemble.at(-1)!.date]).toEqual([300, "2018-07-27"]);

    const told = warnings.filter((text) => text.includes("left out"));
    expect(told).toHaveLength(1);
    expect(told[0]).toContain("site 01435000: 4 windows with gaps in the drivers left out: 2016-01-09..");
    expect(told[0]).toContain(
      "2016-10-01..2017-01-08 of validation (tmax_c is missing from 2016-09-28 to 2016-09-30 (3 days))",
    );
    const text = readFileSync(join(folder, "e/statistics/summary.md"), "utf8");
    const caveat =
      "fillGaps is 2. Drivers were interpolated at 1 site (01435000: 1 day), counted for each driver. 4 windows with longer gaps were left out at 1 site (01435000: 331 days): neither trained on nor scored. excluded.csv of each site lists them.";
    expect(text).toContain(caveat);
    expect(readFileSync(join(folder, "e/report/assets/report.js"), "utf8")).toContain(caveat);
  });
});

describe.each([{ layout: "files" }, { layout: "packed" }, { trainOn: "all", attributes: [] }])(
  "with fillGaps and %o",
  (changes) => {
    test("the export and the baselines have the days that were kept, and no others", async () => {
      const settings = { ...gappy.settings, factors: [1], ...changes };
      const { folder, errors } = await runCase({ ...gappy, settings }, ["export", "baselines"]);
      expect(errors).toEqual([]);

      for (const [id, validation, test] of [
        [site, 265, 300],
        [other, 365, 365],
      ] as const) {
        const exported = (path: string) => join(folder, "e/export", path);
        const read = new NetCDFReader(readFileSync(exported(`predictions/${id}.nc`)));
        const array = (name: string) => [...(read.getDataVariable(name) as number[])];
        const dates = array("time").map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
        expect(dates).toHaveLength(validation + test);
        // No day was observed without a prediction, or predicted without an observation.
        for (const name of ["discharge_cms", "temp_c"])
          for (const values of [array(name), array(`${name}_observed`)])
            expect(values.filter(Number.isNaN)).toEqual([]);
        expect(dates.includes("2016-12-01")).toBe(id === other);
        const file = await asyncBufferFromFile(exported(`predictions.parquet/${id}.parquet`));
        expect(
          (await parquetReadObjects({ file })).map(({ date }) => date.toISOString().slice(0, 10)),
        ).toEqual(dates);

        const scored = rows(folder, "e/baselines/scores.csv").filter(({ site_id }) => site_id === id);
        const days = scored.map(({ baseline, partition, n_obs }) => [baseline, partition, Number(n_obs)]);
        expect(days).toEqual(
          ["climatology", "ridge"].flatMap((name) => [
            ...[0, 1].flatMap(() => [
              [name, "validation", validation],
              [name, "test", test],
            ]),
          ]),
        );
        for (const { rmse } of scored) expect(Number(rmse)).toBeGreaterThan(0);
      }
    });
  },
);

test("the check of a config counts the same, by site", async () => {
  const data = caseFolder(gappy);
  const experiment = await caseExperiment(data, gappy.settings);
  const checked = await checkRun(experiment);
  expect(checked.usable).toMatchObject([
    { site, days: { train: 200, validation: 265, test: 300 } },
    { site: other, days: { train: 366, validation: 365, test: 365 } },
  ]);
  const text = reportText(experiment, checked);
  expect(text).toContain("  fillGaps   2 days, but not of precipitation\n");
  expect(text).toContain("Gaps in the drivers\n  site");
  expect(text).toMatch(
    / {2}01435000 +tmin_c 1 day +2 of 4 of train \(166 days\), 1 of 4 of validation \(100 days\), 1 of 4 of test \(65 days\)\n/,
  );
  expect(text).toContain("No errors, 1 warning: a run can use all 2 sites");
});

test("the caveat says so if there was nothing to fill or to leave out", () => {
  expect(gapCaveat([], "discharge_cms", 3)).toBe(
    "fillGaps is 3. No gap of the drivers had to be interpolated. No window was left out for a longer gap.",
  );
});

test("the check says if precipitation is interpolated too", async () => {
  const settings = { fillGaps: 1, fillPrecipitation: true };
  const experiment = await caseExperiment(caseFolder({}), settings);
  expect(reportText(experiment, await checkRun(experiment))).toContain(
    "  fillGaps   1 day, precipitation too\n",
  );
});

test("without it the site is left out, as ever", async () => {
  const { errors } = await runCase({ ...gappy, settings: {} });
  expect(errors[0]).toMatch(/driver "t(min|max)_c" is missing on 2016-01-20/);
});
