import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expand, rule } from "braid-engine";
import { describe, expect, test } from "vitest";
import { readCubes } from "./metrics-cubes.ts";
import { readSites } from "./read-sites.ts";
import { readVerdicts } from "./read-verdicts.ts";
import { ruleEdges } from "./rule-graph.ts";

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), "braid-report-")), "table.csv");
  writeFileSync(path, text);
  return path;
}

describe("metrics as arrays", () => {
  const axes = { sites: ["01", "02"], factors: [0, 10], seeds: [0, 1, 2] };
  const header = "experiment,site_id,factor,seed,partition,variable,trained,backend,n_obs,rmse,nse\n";

  test("each line finds its place by site, factor and seed, whatever the order", async () => {
    const cubes = await readCubes(
      file(
        `${header}a,02,10,2,test,q,yes,wasm,9,1.5,0.25\na,01,0,1,test,q,yes,wasm,9,,-3\na,01,0,1,test,t,no,wasm,9,,\n`,
      ),
      axes,
    );
    expect(cubes).toMatchObject({ scores: ["rmse", "nse"], models: 2, backends: ["wasm"] });
    const nse = cubes.of("test", "q", "nse");
    expect([nse.length, nse[11], nse[1]]).toEqual([12, 0.25, -3]);
    expect(cubes.of("test", "q", "rmse")[1]).toBeNaN();
    expect(cubes.of("test", "t", "nse").every(Number.isNaN)).toBe(true);
    expect(cubes.of("validation", "q", "nse").every(Number.isNaN)).toBe(true);
  });

  test("lines of other factors or sites do not count", async () => {
    const cubes = await readCubes(
      file(`${header}a,03,0,0,test,q,yes,wasm,9,1,1\na,01,7,0,test,q,yes,wasm,9,1,1\n`),
      axes,
    );
    expect(cubes.models).toBe(0);
  });

  test("a file without a key column, and an empty one, are refused", async () => {
    const other = file("site_id,factor,seed\n");
    await expect(readCubes(other, axes)).rejects.toThrow(
      `Cannot report on "${other}": it has no column "partition"`,
    );
    const empty = file("");
    await expect(readCubes(empty, axes)).rejects.toThrow(`Cannot report on "${empty}": it is empty`);
  });
});

test("sites keep the order that is asked for, with place, name and every number that differs", async () => {
  const list = file(
    'site_id,station_nm,lat,lon,huc_cd,area,same,kind\n01,"RIVER, AT TOWN",44.5,-70.25,0105,12.5,3,dam\n02,CREEK,,,0106,,3,lake\n03,X,1,2,0107,7,3,dam\n',
  );
  expect(await readSites(list, ["02", "01"])).toEqual([
    { id: "02", name: "CREEK", latitude: null, longitude: null, properties: {} },
    { id: "01", name: "RIVER, AT TOWN", latitude: 44.5, longitude: -70.25, properties: {} },
  ]);
  expect((await readSites(list, ["03", "02", "01"])).map((site) => site.properties)).toEqual([
    { area: 7 },
    { area: null },
    { area: 12.5 },
  ]);
  expect(await readSites(null, ["09"])).toEqual([
    { id: "09", name: "", latitude: null, longitude: null, properties: {} },
  ]);
});

test("verdicts are read by the names of their columns", async () => {
  const counts = file(
    "reason,test,adjustment,better,better_low,better_high,no_difference,no_difference_low,no_difference_high,worse,worse_low,worse_high,refused\n,any_better,holm,16,10.2,22.8,66,59,72,0,,,0\n",
  );
  const tests = file("site_id,test,verdict\n01,any_better,better\n02,any_better,no difference\n");
  const { counts: read, bySite } = await readVerdicts(tests, counts, 1);
  expect(read).toMatchObject([
    {
      test: "any_better",
      adjustment: "holm",
      better: { sites: 16, low: 10.2, high: 22.8 },
      same: { sites: 66 },
      worse: { sites: 0, low: null, high: null },
      refused: 0,
    },
  ]);
  expect(bySite).toEqual({ any_better: { "01": "better", "02": "no difference" } });
});

test("an edge leads from the rule that makes a pattern to each that needs it, through gathers too", () => {
  const prepare = rule({ output: { data: "p/{site}.npz", log: "p/{site}.txt" }, run() {} });
  const train = rule({
    input: { data: prepare.output.data, other: "source.csv" },
    output: "m/{site}/{seed}.csv",
    run() {},
  });
  const gather = rule({
    input: expand(train.output, { site: ["a"], seed: [1, 2] }),
    output: "all.csv",
    run() {},
  });
  expect(ruleEdges({ prepare, train, gather })).toEqual([
    ["prepare", "train"],
    ["train", "gather"],
  ]);
});
