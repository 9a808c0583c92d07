import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { NetCDFReader } from "netcdfjs";
import { describe, expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { exportScores } from "./export-scores.ts";
import { formerColumns, metricsColumns } from "./metrics-table.ts";

describe("a table of scores that is not the experiment's", () => {
  const folder = newFolder();
  const metrics = join(folder, "overall_metrics.csv");
  const job = {
    input: { metrics, sites: [] },
    output: { netcdf: join(folder, "scores.nc"), parquet: join(folder, "scores.parquet") },
    params: {
      ...{ experiment: "expA", synthetic: true, caveats: [], variables: ["q"], discharge: ["q"] },
      ...{ sites: ["1"], factors: [0], seeds: [0, 1], evaluate: ["test"] },
    },
  };
  const header = metricsColumns.join(",");
  const row = (seed: number, nse = "0.5") =>
    metricsColumns
      .map(
        (column) =>
          ({
            site_id: "1",
            factor: 0,
            seed,
            partition: "test",
            variable: "q",
            trained: "yes",
            nse,
            n_obs: 20,
          })[column as string] ?? "",
      )
      .join(",");
  const exportOf = (...lines: string[]) => {
    writeFileSync(metrics, `${[header, ...lines].join("\n")}\n`);
    return exportScores(job);
  };

  test.each([
    ["of too few models", [row(0)], "it has 1 lines of scores, not 2"],
    ["of another seed", [row(0), row(2)], 'it has the seed "2", which the experiment does not have'],
    ["with text for a number", [row(0), row(1, "high")], '"nse" is "high", not a number'],
  ])("%s", async (_, lines, message) => {
    await expect(exportOf(...lines)).rejects.toThrow(message);
  });

  test("of an earlier version, which lacks scores, has these missing", async () => {
    const former = [header, row(0), row(1)].map((text) =>
      text.split(",").slice(0, formerColumns.length).join(","),
    );
    writeFileSync(metrics, `${former.join("\n")}\n`);
    await exportScores(job);
    const read = new NetCDFReader(readFileSync(job.output.netcdf));
    expect(read.getDataVariable("q_nse")).toEqual([0.5, 0.5]);
    expect(read.getDataVariable("q_pbias")).toEqual([Number.NaN, Number.NaN]);
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(job.output.parquet) })).toMatchObject([
      { seed: 0, nse: 0.5, pbias: null },
      { seed: 1, nse: 0.5, pbias: null },
    ]);
  });

  test("made-up data are called so in both files", async () => {
    await exportOf(row(0), row(1));
    const read = new NetCDFReader(readFileSync(job.output.netcdf));
    expect(read.getAttribute("title")).toBe("SYNTHETIC data: Scores of experiment expA");
    expect(read.getAttribute("comment")).toContain("SYNTHETIC data, made by a program");
    expect(await parquetReadObjects({ file: await asyncBufferFromFile(job.output.parquet) })).toMatchObject([
      { seed: 0, nse: 0.5, n_obs: 20, synthetic: true, rmse: null },
      { seed: 1, synthetic: true },
    ]);
  });
});
