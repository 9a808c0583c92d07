import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatDay, parseDay } from "@braid/data/tables";
import { describe, expect, test } from "vitest";
import { readDays } from "../statistics/days.ts";
import { readTable } from "../statistics/tables.ts";
import { batchOf, madeUpData, newFolder } from "../testing/made-up-data.ts";
import { ensemblePredictions } from "./ensemble-predictions.ts";

const site = "01022500";
const ranges = {
  train: [{ from: "2000-10-01", to: "2002-09-30" }],
  test: [{ from: "2003-01-01", to: "2003-01-20" }],
};
const dates = Array.from({ length: 20 }, (_, d) => formatDay(parseDay("2003-01-01")! + d));

/** A prediction file: discharge, and temperature or none. */
function predictions(
  folder: string,
  seed: number,
  flow: (d: number) => number,
  temp: string,
  backend = "wasm",
  of = dates,
) {
  const file = join(folder, `${seed}_preds.csv`);
  const rows = of.map((date, d) => `${site},${date},${flow(d)},${temp},${backend}\n`);
  writeFileSync(file, `site_id,date,discharge_cms,temp_c,backend\n${rows.join("")}`);
  return file;
}

async function average(files: (folder: string) => string[], mixBackends = false) {
  const folder = newFolder();
  const output = {
    predictions: join(folder, "test_preds.csv"),
    metrics: join(folder, "test_metrics.csv"),
    days: join(folder, "test_days.csv"),
  };
  const data = madeUpData((days) => days.map((day) => ({ ...day, q: day.date === "2003-01-03" ? "" : "4" })));
  const { batch, ended } = batchOf([
    {
      input: { observations: join(data, "obs_file.csv"), predictions: files(folder) },
      output,
      wildcards: { site_id: site, factor: "0", partition: "test" },
      params: {
        experiment: "expA",
        variables: ["discharge_cms", "temp_c"],
        discharge: ["discharge_cms"],
        partitions: ranges,
        mask: [],
        loss: "rmse" as const,
        mixBackends,
      },
    },
  ]);
  await ensemblePredictions(batch);
  return { ended: ended[0], output };
}

describe("the ensemble of a factor's seeds", () => {
  test("predicts the mean, and is scored like a model", async () => {
    const { ended, output } = await average((folder) => [
      predictions(folder, 0, (d) => d, ""),
      predictions(folder, 1, (d) => d + 3, ""),
    ]);
    expect(ended).toBe("done");
    const rows = await readTable(output.predictions);
    expect(rows).toHaveLength(20);
    expect(rows[4]).toEqual({
      site_id: site,
      date: "2003-01-05",
      discharge_cms: "5.5",
      temp_c: "",
      backend: "wasm",
    });
    const [flow, temp] = await readTable(output.metrics);
    expect(flow).toMatchObject({
      seed: "ensemble",
      factor: "0",
      partition: "test",
      n_obs: "19",
      trained: "yes",
    });
    const squares = dates.map((_, d) => (d + 1.5 - 4) ** 2).filter((_, d) => d !== 2);
    expect(Number(flow!.rmse)).toBeCloseTo(Math.sqrt(squares.reduce((sum, one) => sum + one, 0) / 19), 12);
    expect(temp).toMatchObject({ trained: "no", rmse: "" });
  });

  test("leaves the errors of its members on observed days", async () => {
    const { output } = await average((folder) => [
      predictions(folder, 0, (d) => d, "1"),
      predictions(folder, 1, (d) => d + 3, "1"),
    ]);
    expect(readFileSync(output.days, "utf8")).not.toContain("2003-01-03");
    const { months, observed, predicted, squaredErrors } = await readDays(output.days);
    expect([months[0], observed[0], predicted[0], squaredErrors[0]]).toEqual([1, 4, 1.5, (16 + 1) / 2]);
  });

  test("is refused where members are of other days, or of two backends", async () => {
    const other = await average((folder) => [
      predictions(folder, 0, (d) => d, "1"),
      predictions(folder, 1, (d) => d, "1", "wasm", dates.slice(1)),
    ]);
    expect(String(other.ended)).toMatch(
      /Cannot average ".*1_preds.csv": it is not of the same days as ".*0_preds.csv"/,
    );
    const mixed = (folder: string) => [
      predictions(folder, 0, (d) => d, "1"),
      predictions(folder, 1, (d) => d, "1", "gpu"),
    ];
    expect(String((await average(mixed)).ended)).toContain("backends are mixed");
    expect((await average(mixed, true)).ended).toBe("done");
  });
});
