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
    { id: "02", name: "CREEK", latitude: null, longitude: null, properties: {}, texts: { kind: "lake" } },
    {
      ...{ id: "01", name: "RIVER, AT TOWN", latitude: 44.5, longitude: -70.25, properties: {} },
      texts: { kind: "dam" },
    },
  ]);
  expect((await readSites(list, ["03", "02", "01"])).map((site) => site.properties)).toEqual([
    { area: 7 },
    { area: null },
    { area: 12.5 },
  ]);
  expect(await readSites(null, ["09"])).toEqual([
    { id: "09", name: "", latitude: null, longitude: null, properties: {}, texts: {} },
  ]);
});

test("verdicts are read by the names of their columns", async () => {
  const counts = file(
    "reason,test,adjustment,sites,better,better_low,better_high,no_difference,no_difference_low,no_difference_high,worse,worse_low,worse_high,refused\n,any_better,holm,82,16,10.2,22.8,66,59,72,0,,,0\n",
  );
  const tests = file(
    "site_id,test,partition,factor,hodges_lehmann,low,high,verdict,verdict_benjamini_hochberg,verdict_holm,refused\n01,any_better,test,,,,,better,no difference,refused,too many sites\n01,naive_best,test,5,0.1,0.05,0.2,better,better,better,\n",
  );
  const of = { primary: "discharge_cms", naiveFactor: 1 };
  const { counts: read, answer, judged } = await readVerdicts(tests, counts, of);
  expect(judged).toEqual({ partition: "test", variable: "discharge_cms", score: "nse" });
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
  const verdicts = { none: "better", benjamini_hochberg: "no difference", holm: "refused" };
  expect(answer).toEqual({
    test: "any_better",
    bySite: {
      "01": { factor: null, gain: null, low: null, high: null, verdicts, refused: "too many sites" },
    },
  });
});

test("a page answers with the factor that is chosen on validation, and never with a test on the scores that chose", async () => {
  const header = "test,adjustment,sites,better,no_difference,worse,refused\n";
  const tests = file(
    "site_id,test,partition,factor,hodges_lehmann,low,high,verdict\n01,chosen_factor,test,5,0.1,0.05,0.2,better\n01,naive_best,test,5,0.1,0.05,0.2,better\n",
  );
  const of = { primary: "q", naiveFactor: 1 };
  const chosen = await readVerdicts(
    tests,
    file(`${header}any_better,none,1,1,0,0,0\nchosen_factor,none,1,1,0,0,0\n`),
    of,
  );
  expect(chosen.answer).toMatchObject({
    test: "chosen_factor",
    bySite: { "01": { factor: 5, gain: 0.1, low: 0.05, high: 0.2 } },
  });
  const none = await readVerdicts(
    tests,
    file(`${header}naive_best,none,1,1,0,0,0\nchosen_factor,none,0,0,0,0,1\n`),
    of,
  );
  expect(none.answer).toBeNull();
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
