/** A working folder of an earlier version, whose metrics files have fewer scores. */
import { spawnSync } from "node:child_process";
import { globSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "csv-parse/sync";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";
import { beforeAll, describe, expect, test } from "vitest";
import { formerColumns } from "./steps/metrics-table.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";
import { smallExperiment } from "./testing/small-experiment.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const data = madeUpData();
const entry = {
  ...smallExperiment,
  sites: ["01022500"],
  seeds: "0..5",
  partitions: { train: "2000-10-01..2002-09-30", validation: "2002-10-01..2003-09-30" },
  statistics: { permutations: 99, resamples: 100 },
};
type Row = Readonly<Record<string, string>>;

describe.each(["files", "packed"])("a folder of an earlier version, layout %s", (layout) => {
  const folder = newFolder();
  const config = join(newFolder(), "config.yml");
  // JSON is YAML.
  writeFileSync(config, JSON.stringify({ data, experiments: { expA: { ...entry, layout } } }));
  const command = (...args: string[]) => {
    const shared = [...["all", "statistics", "report", "export"], "--directory", folder];
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [main, ...shared, "--configfile", config, ...args],
      { encoding: "utf8" },
    );
    expect(status, stdout + stderr).toBe(0);
    return stdout + stderr;
  };

  beforeAll(() => {
    command();
    const tables = globSync("expA/**/*metrics*.csv", { cwd: folder });
    expect(tables.length).toBe(layout === "files" ? 16 : 6);
    for (const table of tables) {
      const rows = readFileSync(join(folder, table), "utf8").trimEnd().split("\n");
      const former = rows.map((row) => row.split(",").slice(0, formerColumns.length).join(","));
      writeFileSync(join(folder, table), `${former.join("\n")}\n`);
    }
    command("--touch");
  });

  test("is up to date, and has its answer", () => {
    const text = command();
    expect(text).toMatch(/^expA: NSE of discharge_cms/m);
    expect(text).toContain("Nothing to be done");
    // Gathered again, the scores that were never computed are empty; statistics and report are made of the others.
    command("-R", "combine_metrics");
    expect(readFileSync(join(folder, "expA/report/assets/report.js"), "utf8")).not.toContain('"pbias"');
  });

  test("with a factor more makes only its models, and gathers lines of both versions", async () => {
    const more = ["--factors", "0", "1", "2"];
    const models = layout === "files" ? 6 : 1;
    expect(command(...more, "-n")).toMatch(new RegExp(`^evaluate_predictions +${models} `, "m"));
    command(...more);
    const table = parse(readFileSync(join(folder, "expA/overall_metrics.csv")), { columns: true }) as Row[];
    const flows = table.filter((row) => row.variable === entry.primary);
    expect(flows).toHaveLength(18);
    for (const { factor, nse, pbias } of flows)
      expect([factor, nse !== "", pbias !== ""]).toEqual([factor, true, factor === "2"]);
    const file = await asyncBufferFromFile(join(folder, "expA/export/scores.parquet"));
    const exported = (await parquetReadObjects({ file })) as Record<string, unknown>[];
    for (const { variable, factor, pbias } of exported)
      expect(pbias !== null).toBe(variable === entry.primary && factor === 2);
    expect(readFileSync(join(folder, "expA/report/assets/report.js"), "utf8")).toContain('"pbias"');
  });
});
