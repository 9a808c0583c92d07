import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sampleFolder } from "@braid/data";
import { expect, test } from "vitest";
import { readTable, writeTable } from "../statistics/tables.ts";
import { newFolder } from "../testing/made-up-data.ts";
import { knownTruth } from "./known-truth.ts";

const columns = [
  "test",
  "site_id",
  "factor",
  "verdict",
  "verdict_benjamini_hochberg",
  "verdict_holm",
] as const;

/** Verdicts by site: of factor 1 over seeds, and over days of the factor 5 that validation chose. */
async function files(overSeeds: Record<string, string>, overDays: Record<string, string> = {}) {
  const folder = newFolder();
  const paths = {
    sites: join(folder, "sites.csv"),
    tests: join(folder, "tests.csv"),
    days: join(folder, "days.csv"),
  };
  writeFileSync(paths.sites, "site_id,temp_informs_flow\n01,yes\n02,yes\n03,no\n04,no\n");
  const lines = (test: string, factor: string, verdicts: Record<string, string>) =>
    Object.entries(verdicts).map(([site_id, verdict]) => ({
      ...{ test, site_id, factor, verdict, verdict_benjamini_hochberg: verdict },
      verdict_holm: "refused",
    }));
  await writeTable(paths.tests, columns, [
    ...lines("naive_factor", "1", overSeeds),
    ...lines("chosen_factor", "5", overDays),
  ]);
  await writeTable(
    paths.days,
    ["site_id", "factor", "verdict"],
    Object.entries(overDays).flatMap(([site_id, verdict]) => [
      { site_id, factor: "1", verdict: "worse" },
      { site_id, factor: "5", verdict },
    ]),
  );
  return paths;
}

test("verdicts are set against the truth of the sample", async () => {
  const text = await knownTruth(
    await files({ "01": "better", "02": "no difference", "03": "worse", "04": "refused" }),
  );
  expect(text).toMatch(
    /factor 1, fixed in advance; each site alone +1 of 2 \(50 %\) +0 of 2 \(0 %\) +0 of 1 \(0 %\) +1 of 1 \(100 %\)/,
  );
  expect(text).toMatch(/factor 1, fixed in advance; Holm +refused +refused +refused +refused/);
});

test("so are those over days, of the factor that was chosen at each site", async () => {
  const text = await knownTruth(await files({}, { "01": "better", "02": "better", "03": "no difference" }));
  expect(text).toMatch(/the same, tested over days; each site alone +2 of 2 .* 0 of 1 \(0 %\)$/m);
});

test("tables of other data, or none, are an error", async () => {
  await expect(knownTruth(await files({ "99": "better" }))).rejects.toThrow(
    "its site 99 is not in the sample",
  );
  await expect(knownTruth({ tests: "nowhere/tests.csv", days: "x", sites: "x" })).rejects.toThrow(
    'Cannot compare with the truth "nowhere/tests.csv"',
  );
});

test("the config for it lists the stations where the truth shows: a partial record of flow, temperature daily", async () => {
  const config = readFileSync(new URL("../config.known-truth.yml", import.meta.url), "utf8");
  const listed = [...config.matchAll(/"(\d{8})"/g)].map(([, site]) => site!);
  const stations = await readTable(join(sampleFolder, "sites.csv"));
  const partial = stations.filter((one) => one.flow_record === "partial" && one.temp_record === "daily");
  expect(listed).toEqual(partial.map(({ site_id }) => site_id));
  for (const informs of ["yes", "no"])
    expect(partial.filter((one) => one.temp_informs_flow === informs)).toHaveLength(30);
});
