import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { missingSites, paramsBySites, sitesInPaths, sitesInTable } from "./missing-sites.ts";
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

test("what is told of missing sites names them and counts the others", () => {
  expect(missingSites(sites, sites)).toEqual([]);
  expect(missingSites(sites, ["14185000"])).toEqual([
    "of 3 sites 2 are missing, since their data could not be prepared: 01022500, 08070200. All counts are of the other 1.",
  ]);
});

test("params follow from the sites that there are only where sites may fail", () => {
  const params = (sitesMayFail: boolean) =>
    paramsBySites(
      { sites, sitesMayFail },
      (job: readonly string[]) => job,
      (present) => ({ present }),
    );
  expect(params(false)).toEqual({ present: sites });
  expect((params(true) as (job: readonly string[]) => unknown)(["14185000"])).toEqual({
    present: ["14185000"],
  });
});
