import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { gatherMetrics } from "./gather-metrics.ts";
import { metricsColumns } from "./metrics-table.ts";

async function gather(synthetic: boolean) {
  const folder = newFolder();
  const input = join(folder, "one.csv");
  const fields: Record<string, string> = {
    backend: "wasm",
    partition: "test",
    variable: "q",
    factor: "0",
    nse: "0.5",
  };
  const row = metricsColumns.map((column) => fields[column] ?? "").join(",");
  writeFileSync(input, `${metricsColumns.join(",")}\n${row}\n`);
  const output = {
    metrics: join(folder, "overall.csv"),
    about: join(folder, "about.txt"),
    leftOut: join(folder, "left_out.csv"),
  };
  const logged: string[] = [];
  const range = { from: "2000-10-01", to: "2001-09-30" };
  await gatherMetrics({
    input: [input],
    output,
    params: {
      ...{ name: "expA", primary: "q", synthetic, data: ["data/obs_file.csv", "data/input_file.csv"] },
      ...{ partitions: { train: [range], test: [range, range] }, mixBackends: false },
    },
    log: (text) => void logged.push(text),
  });
  return {
    about: readFileSync(output.about, "utf8"),
    logged: logged.join("\n"),
    made: readFileSync(output.metrics),
  };
}

test("beside the table stands what it is about, and in which data", async () => {
  const { about, made } = await gather(false);
  expect(made.length).toBeGreaterThan(100);
  expect(about).toContain("predicting q. Everything in this folder is made from\n  data/obs_file.csv\n");
  expect(about).toContain("test: 2000-10-01..2001-09-30, 2000-10-01..2001-09-30\n");
});

test("synthetic data are called so there and in the log, real ones are not", async () => {
  const [made, real] = [await gather(true), await gather(false)];
  for (const text of [made.about, made.logged]) expect(text).toContain("SYNTHETIC data, made by a program");
  for (const text of [real.about, real.logged]) expect(text.toLowerCase()).not.toContain("synthetic");
});
