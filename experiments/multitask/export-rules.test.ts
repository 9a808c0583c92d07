/** The target `export`: what it writes, read by programs that did not write it. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { dryRun, run } from "braid-engine/run";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { NetCDFReader } from "netcdfjs";
import { beforeAll, describe, expect, test } from "vitest";
import { Config } from "./config.ts";
import { answerSource } from "./judging-rules.ts";
import { resolveConfig } from "./resolve.ts";
import { answer } from "./statistics/answer.ts";
import { exportPredictions } from "./steps/export-predictions.ts";
import { madeUpData, madeUpSites, newFolder } from "./testing/made-up-data.ts";
import { pythonWith } from "./testing/python.ts";
import { smallExperiment } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

const entry = {
  ...smallExperiment,
  factors: [0, 0.5, 1],
  seeds: "28..31",
  partitions: {
    train: "2000-10-01..2002-09-30",
    validation: ["2002-10-01..2002-12-31", "2003-07-01..2003-09-30"],
    test: "2003-01-01..2003-06-30",
  },
  evaluate: ["validation", "test"],
  caveats: ["Gauges of a test."],
};
// Days without an observation, and a river that falls dry.
const data = madeUpData((days, site) => {
  if (site === "14185000") for (const [i, day] of days.entries()) if (i % 5 === 0) day.q = "";
  return undefined;
});
writeFileSync(join(data, "sites.csv"), "site_id,lat,lon\n01022500,44.6,-67.9\n14185000,,\n");

const resolved = (changes: Record<string, unknown> = {}) =>
  // Not from the folder of the tests, where a user's own results may be.
  resolveConfig(Config.parse({ data, experiments: { expA: { ...entry, ...changes } } }), data);
const rulesOf = async (changes: Record<string, unknown> = {}) => workflow.rules(await resolved(changes));

async function exported(folder: string, changes: Record<string, unknown> = {}) {
  const made: Record<string, number> = {};
  const emit = (event: { readonly kind: string; readonly rule?: string }) => {
    if (event.kind === "done") made[event.rule!] = (made[event.rule!] ?? 0) + 1;
  };
  const summary = await run({ rules: await rulesOf(changes), folder, targets: ["export"], slots: 2, emit });
  expect(summary).toMatchObject({ outcome: "done", failed: [] });
  return made;
}

type Row = Readonly<Record<string, string>>;
const rowsOf = (file: string) => parse(readFileSync(file), { columns: true }) as Row[];
const numberIn = (text: string) => (text === "" ? null : Number(text));

async function parquet(file: string) {
  return (await parquetReadObjects({ file: await asyncBufferFromFile(file) })) as Record<string, unknown>[];
}

describe("an export", () => {
  const folder = newFolder();
  const file = (path: string) => join(folder, "expA/export", path);
  let made: Record<string, number>;
  beforeAll(async () => {
    made = await exported(folder);
  });

  test("is no part of the default target; a dry run shows its jobs, and a second call has nothing to do", async () => {
    const rules = await rulesOf();
    expect([...dryRun({ rules, folder: newFolder() }).counts.keys()]).not.toContain("export");
    const planned = dryRun({ rules, folder: newFolder(), targets: ["export"] }).counts;
    expect(Object.fromEntries(planned)).toEqual(made);
    expect(made).toMatchObject({ export_predictions: 2, export_scores: 1, train_model: 24 });
    expect(await exported(folder)).toEqual({});
    const source = answerSource(await resolved());
    expect(await answer(source, folder, false)).toMatch(/\nExport: expA\/export$/);
  });

  test("has all predictions and observations of a site as NetCDF", () => {
    const read = new NetCDFReader(readFileSync(file("predictions/14185000.nc")));
    const array = (name: string) => [...(read.getDataVariable(name) as number[])];
    const [days, factors, seeds] = [array("time"), array("factor"), array("seed")];
    expect(days).toHaveLength(365);
    expect(factors).toEqual([0, 0.5, 1]);
    expect(seeds).toEqual([28, 29, 30, 31]);
    const dateOf = (day: number) => new Date(day * 86_400_000).toISOString().slice(0, 10);
    const partitionOf = array("partition");
    for (const [v, variable] of ["discharge_cms", "temp_c"].entries()) {
      const values = array(variable);
      let i = 0;
      for (const factor of factors)
        for (const seed of seeds) {
          const model = join(folder, `expA/site_id_14185000/factor_${factor}/rand_seed_${seed}`);
          const tables = ["validation", "test"].map((name) => rowsOf(join(model, `${name}_preds.csv`)));
          for (const [d, day] of days.entries()) {
            const row = tables[partitionOf[d]!]!.find(({ date }) => date === dateOf(day))!;
            expect(values[i++]).toBe(numberIn(row[variable]!) ?? Number.NaN);
          }
          expect(values.slice(i - 365, i).some(Number.isNaN)).toBe(v === 1 && factor === 0);
        }
      const observed = rowsOf(join(data, "obs_file.csv")).filter(({ site_id }) => site_id === "14185000");
      const known = new Map(
        observed.map((row) => [row.date!, numberIn(v === 0 ? row.discharge_cms! : row.temp_c!)]),
      );
      expect(array(`${variable}_observed`)).toEqual(days.map((day) => known.get(dateOf(day)) ?? Number.NaN));
    }
  });

  test("describes itself after the CF conventions, and says what is not real", async () => {
    const read = new NetCDFReader(readFileSync(file("predictions/01022500.nc")));
    const attributes = Object.fromEntries(read.globalAttributes.map(({ name, value }) => [name, value]));
    expect(attributes).toMatchObject({
      Conventions: "CF-1.8",
      featureType: "timeSeries",
      title: "Predictions at site 01022500 of experiment expA",
      source: expect.stringContaining("One LSTM per site, factor and seed, trained by reference (Braid "),
      history: expect.stringMatching(/^Written by the rule export_predictions of Braid \d/),
      comment: "Gauges of a test.",
    });
    const of = (name: string) =>
      Object.fromEntries(
        (
          read.variables.find((one) => one.name === name)!.attributes as { name: string; value: unknown }[]
        ).map(({ name, value }) => [name, value]),
      );
    expect(of("time")).toMatchObject({ standard_name: "time", units: "days since 1970-01-01", axis: "T" });
    expect(of("site_id")).toMatchObject({ cf_role: "timeseries_id" });
    expect(of("partition")).toMatchObject({ flag_values: [0, 1], flag_meanings: "validation test" });
    expect(of("discharge_cms")).toMatchObject({
      standard_name: "water_volume_transport_in_river_channel",
      units: "m3 s-1",
      _FillValue: Number.NaN,
      coordinates: "site_id lat lon partition",
    });
    expect(of("temp_c")).toMatchObject({ units: "degree_Celsius" });
    expect(read.getDataVariable("lat")).toEqual([44.6]);
    expect(new NetCDFReader(readFileSync(file("predictions/14185000.nc"))).getDataVariable("lat")).toEqual([
      Number.NaN,
    ]);
  });

  test("has the same values as Parquet, ids as text", async () => {
    const rows = await parquet(file("predictions.parquet/01022500.parquet"));
    expect(rows).toHaveLength(3 * 4 * 365);
    const read = new NetCDFReader(readFileSync(file("predictions/01022500.nc")));
    for (const name of ["discharge_cms", "temp_c"])
      expect(rows.map((row) => row[name] ?? Number.NaN)).toEqual([...read.getDataVariable(name)]);
    expect(rows[0]).toMatchObject({
      ...{ site_id: "01022500", factor: 0, seed: 28, partition: "validation", temp_c: null },
      ...{ date: new Date("2002-10-01T00:00:00Z"), backend: "reference" },
    });
    expect(rows[92]).toMatchObject({ partition: "test", date: new Date("2003-01-01T00:00:00Z") });
    expect(rows.at(-1)).toMatchObject({ factor: 1, seed: 31, date: new Date("2003-09-30T00:00:00Z") });
  });

  test("has every cell of the table of scores", async () => {
    const metrics = rowsOf(join(folder, "expA/overall_metrics.csv"));
    const texts = ["experiment", "site_id", "partition", "variable", "trained", "backend"];
    const want = metrics.map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([name, text]) => [
          name,
          texts.includes(name) ? text : (numberIn(text) ?? undefined),
        ]),
      ),
    );
    const got = await parquet(file("scores.parquet"));
    expect(
      got.map((row) =>
        Object.fromEntries(Object.entries(row).map(([name, cell]) => [name, cell ?? undefined])),
      ),
    ).toEqual(want);
    const read = new NetCDFReader(readFileSync(file("scores.nc")));
    const at = (row: Row) =>
      ((madeUpSites.indexOf(row.site_id!) * 3 + [0, 0.5, 1].indexOf(Number(row.factor))) * 4 +
        Number(row.seed) -
        28) *
        2 +
      ["validation", "test"].indexOf(row.partition!);
    for (const row of metrics)
      for (const name of ["n_obs", "nse", "rmse_top", "n_bottom"])
        expect((read.getDataVariable(`${row.variable}_${name}`) as number[])[at(row)]).toBe(
          numberIn(row[name]!) ?? Number.NaN,
        );
    expect(read.dataVariableExists("temp_c_kge")).toBe(false);
  });

  const python = pythonWith("xarray", "netCDF4");
  const pandas = pythonWith("xarray", "netCDF4", "pandas", "pyarrow");
  const opened = (with_: string, ...args: string[]) => {
    const script = fileURLToPath(new URL("./testing/open_export.py", import.meta.url));
    const { status, stdout, stderr } = spawnSync(with_, [script, join(folder, "expA"), ...args], {
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  };

  test.skipIf(!python)(
    "opens in xarray with every value (skipped without python3-xarray, python3-netcdf4)",
    () => {
      expect(opened(python!)).toMatchObject({
        ...{
          differences: [],
          predictions: 2 * 12 * 365 * 2,
          scores: 48 * (29 + 12),
          observed: 2 * 365 + 292 + 365,
        },
        sites: madeUpSites,
      });
    },
  );

  test.skipIf(!pandas)("opens in pandas as the same tables (skipped without pandas and pyarrow)", () => {
    expect(opened(pandas!, "parquet")).toMatchObject({
      ...{ differences: [], rows: 2 * 12 * 365, attrs: "Gauges of a test." },
    });
  });

  const examples = [
    ...readFileSync(new URL("../../docs/results.md", import.meta.url), "utf8").matchAll(
      /^```python (\S+)\n(.*?)^```$/gms,
    ),
  ].map(([, name, text]) => [name!, text!] as const);
  test.for(examples)(
    "opens as the documents say: %s (skipped without xarray, or pandas and pyarrow)",
    ([name, text], { skip }) => {
      const by = text.includes("xarray") ? python : pandas;
      if (by === null) return skip();
      // The documents run in a folder of their own.
      const here = text.replaceAll("runs/demo/", "");
      const { status, stdout, stderr } = spawnSync(by, ["-c", here], { cwd: folder, encoding: "utf8" });
      expect(status, stderr).toBe(0);
      expect(stdout).toMatch(name === "predictions.py" ? /^2003-09-30 +\d/m : /^discharge_cms +0\.0 +-?\d/m);
    },
  );

  test("is the same bytes in the layout packed", async () => {
    const stores = newFolder();
    await exported(stores, { layout: "packed" });
    const files = (readdirSync(file(""), { recursive: true }) as string[]).filter((path) =>
      /\.\w+$/.test(path),
    );
    const written = files.filter((path) => /\.(nc|parquet)$/.test(path) && path !== "predictions.parquet");
    expect(written.sort()).toEqual([
      ...madeUpSites.map((site) => `predictions.parquet/${site}.parquet`),
      ...madeUpSites.map((site) => `predictions/${site}.nc`),
      ...["scores.nc", "scores.parquet"],
    ]);
    for (const path of written)
      expect(readFileSync(join(stores, "expA/export", path)).equals(readFileSync(file(path))), path).toBe(
        true,
      );
  });

  test("has seeds of more than 32 bits, in either layout", async () => {
    const seeds = [2 ** 31 - 1, 2 ** 31, 2 ** 53 - 1];
    const changes = { seeds, factors: [0], evaluate: ["test"] };
    const folders = [newFolder(), newFolder()];
    await exported(folders[0]!, changes);
    await exported(folders[1]!, { ...changes, layout: "packed" });
    for (const [netcdf, table, rows] of [
      ["scores.nc", "scores.parquet", 2 * 2],
      ["predictions/01022500.nc", "predictions.parquet/01022500.parquet", 181],
    ] as const) {
      const [own, packed] = folders.map((folder) => join(folder, "expA/export"));
      const bytes = readFileSync(join(own!, netcdf));
      expect(new NetCDFReader(bytes).getDataVariable("seed")).toEqual(seeds);
      const written = (await parquet(join(own!, table))).map(({ seed }) => seed);
      expect(written).toHaveLength(3 * rows);
      for (const seed of seeds) expect(written.filter((one) => one === BigInt(seed))).toHaveLength(rows);
      for (const name of [netcdf, table])
        expect(readFileSync(join(packed!, name)).equals(readFileSync(join(own!, name))), name).toBe(true);
    }
  });

  test("refuses predictions of other days than the rest, and names a day", async () => {
    const out = newFolder();
    const { prepare, discharge, factors, seeds, evaluate } = await resolved();
    const models = factors.flatMap((factor) => seeds.map((seed) => `factor_${factor}/rand_seed_${seed}`));
    const predictions = models.flatMap((model) =>
      evaluate.map((partition) => join(folder, `expA/site_id_01022500/${model}/${partition}_preds.csv`)),
    );
    const exportOf = (paths: readonly string[]) =>
      exportPredictions({
        input: { observations: join(data, "obs_file.csv"), predictions: paths, sites: [] },
        output: { netcdf: join(out, "a.nc"), parquet: join(out, "a.parquet") },
        wildcards: { site_id: "01022500" },
        params: {
          ...prepare,
          ...{ discharge, factors, seeds, evaluate, experiment: "expA", synthetic: false, caveats: [] },
          mixBackends: false,
        },
      });
    await exportOf(predictions);
    const at = predictions.findIndex((path) => path.endsWith("factor_0.5/rand_seed_30/test_preds.csv"));
    const text = readFileSync(predictions[at]!, "utf8");
    const other = join(out, "factor_0.5/rand_seed_30/test_preds.csv");
    mkdirSync(dirname(other), { recursive: true });
    for (const [changed, day] of [
      [text.replace(/.*2003-06-30.*\n/, ""), "2003-06-30"],
      [text.replace("2003-06-30", "2003-07-01"), "2003-06-30"],
      [`${text}${text.trimEnd().split("\n").at(-1)!.replace("2003-06-30", "2003-07-02")}\n`, "2003-07-02"],
    ] as const) {
      writeFileSync(other, changed);
      await expect(exportOf(predictions.with(at, other))).rejects.toThrow(
        new RegExp(
          `test_preds.csv": its days are not those of .*\\n +a day that only one has +${day}\\n.*Make the predictions again`,
        ),
      );
    }
    writeFileSync(other, text.replaceAll(",reference", ",wasm"));
    await expect(exportOf(predictions.with(at, other))).rejects.toThrow(/backends are mixed/);
  });
});
