import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { leftOutOf, missingSites, paramsBySites, sitesInPaths, sitesInTable } from "./missing-sites.ts";
import { newFolder } from "./testing/made-up-data.ts";

const sites = ["01022500", "14185000", "08070200"];

test("sites are found in paths, wherever the working folder lies", () => {
  const paths = [
    "/runs/site_id_14185000/expA/site_id_08070200/factor_0/ensemble/test_days.csv",
    "expA/site_id_01022500/factor_0/metrics_0-29.csv",
    "expA/site_id_1022500/factor_0/metrics_0-29.csv",
  ];
  expect(sitesInPaths(sites, paths)).toEqual(["01022500", "08070200"]);
});

test("sites are found in tables by the column, in quotes too", () => {
  const file = join(newFolder(), "table.csv");
  const lines = ["test,site_id,p", "a,08070200,1", 'b,"01022500",0', "14185000,x,0", ""];
  for (const end of ["\n", "\r\n"]) {
    writeFileSync(file, lines.join(end));
    expect(sitesInTable(sites, file)).toEqual(["01022500", "08070200"]);
  }
  writeFileSync(file, "site_id\n14185000");
  expect(sitesInTable(sites, file)).toEqual(["14185000"]);
  writeFileSync(file, "other\n14185000\n");
  expect(sitesInTable(sites, file)).toEqual([]);
});

const leftOut = [
  { site: "01022500", reason: "it is dry" },
  { site: "08070200", reason: "" },
];

test("what is told of missing sites names them with their reasons and counts the others", () => {
  expect(missingSites(sites, [])).toEqual([]);
  expect(missingSites(sites, leftOut)).toEqual([
    "1 of 3 sites: all counts are of these. Left out, since their data could not be prepared: 01022500 (it is dry), 08070200.",
  ]);
  expect(missingSites(sites, leftOut.slice(0, 1))[0]).toContain("since its data");
});

test("params follow from the sites that there are only where sites may fail", () => {
  const params = (sitesMayFail: boolean) =>
    paramsBySites(
      { name: "expA", sites, sitesMayFail },
      { sites: (job: readonly string[]) => job, file: () => ["/nowhere/expA/table.csv", "expA/table.csv"] },
      (present, leftOut) => ({ present, leftOut }),
    );
  expect(params(false)).toEqual({ present: sites, leftOut: [] });
  const ofJob = params(true) as (job: readonly string[]) => unknown;
  expect(ofJob(sites)).toEqual({ present: sites, leftOut: [] });
  expect(ofJob(["14185000"])).toEqual({
    present: ["14185000"],
    leftOut: [
      { site: "01022500", reason: "" },
      { site: "08070200", reason: "" },
    ],
  });
});

test("reasons are those of the journal, with the value and its day", () => {
  const folder = newFolder();
  mkdirSync(join(folder, ".braid"));
  const failure = (site: string, error: string) =>
    JSON.stringify({
      t: "fail",
      failure: {
        path: `expA/site_id_${site}/prepped_data.npz`,
        rule: "prep_io_data",
        at: 1,
        error,
        log: "x",
      },
    });
  const lines = [
    '{"braid":"journal","version":1}',
    failure(
      "01022500",
      'Cannot read "data/input_file.csv": prcp_mm is not a number\n  value  "x"\n  date   2001-01-01',
    ),
    failure(
      "08070200",
      'Cannot prepare site "08070200": its primary "q" is never observed in the train partition',
    ),
  ];
  writeFileSync(join(folder, ".braid/journal"), `${lines.join("\n")}\n`);
  expect(leftOutOf(folder, { name: "expA", sites }, ["14185000"])).toEqual([
    { site: "01022500", reason: 'prcp_mm is not a number: "x" on 2001-01-01' },
    { site: "08070200", reason: 'its primary "q" is never observed in the train partition' },
  ]);
});
