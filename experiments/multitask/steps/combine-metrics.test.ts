import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { line } from "../csv.ts";
import { flowScoreNames } from "../flow-scores.ts";
import { scoreNames } from "../metrics.ts";
import { newFolder } from "../testing/made-up-data.ts";
import { combineMetrics } from "./combine-metrics.ts";
import { formerColumns, metricsColumns } from "./metrics-table.ts";

interface Made {
  readonly factor: number;
  readonly seed: number;
  readonly nse: number | null;
  readonly backend?: string;
}

/** Writes a metrics file per entry; returns their paths. */
function metricsFiles(folder: string, made: readonly Made[]): string[] {
  return made.map(({ factor, seed, nse, backend = "wasm" }, i) => {
    const file = join(folder, `${i}_metrics.csv`);
    const scores = [...scoreNames, ...flowScoreNames].map((name) => (name === "nse" ? nse : null));
    const row = [
      "expA",
      "01022500",
      factor,
      seed,
      "validation",
      "discharge_cms",
      "trained",
      backend,
      182,
      ...scores,
    ];
    writeFileSync(file, line(metricsColumns) + line(row));
    return file;
  });
}

/** The same file as a version wrote it that had fewer scores. */
function writeFormer(file: string): void {
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  const former = lines.map((row) => row.split(",").slice(0, formerColumns.length).join(","));
  writeFileSync(file, `${former.join("\n")}\n`);
}

async function combine(input: readonly string[], mixBackends = false) {
  const output = join(newFolder(), "overall_metrics.csv");
  const logged: string[] = [];
  await combineMetrics({ input, output, params: { mixBackends }, log: (text) => logged.push(text) });
  return { text: readFileSync(output, "utf8"), log: logged.join("\n") };
}

describe("the gather", () => {
  test("has the lines of all files in their order, under one header, untouched", async () => {
    const made = Array.from({ length: 600 }, (_, i) => ({ factor: 0.1, seed: i, nse: 1 / 3 }));
    const files = metricsFiles(newFolder(), made);
    const { text } = await combine(files);
    const lines = files.map((file) => readFileSync(file, "utf8").split("\n")[1]);
    expect(text).toBe(`${line(metricsColumns)}${lines.join("\n")}\n`);
    expect(text).toContain("expA,01022500,0.1,599,validation,");
  });

  test("gives lines of an earlier version the scores that these lack, empty", async () => {
    const made = [0, 1, 2].map((seed) => ({ factor: 0, seed, nse: 0.25 }));
    const files = metricsFiles(newFolder(), made);
    const { text } = await combine(files);
    writeFormer(files[1]!);
    expect(readFileSync(files[1]!, "utf8")).toMatch(/n_negative\nexpA,.*[^\n]\n$/);
    expect((await combine(files)).text).toBe(text);
  });

  test("says which scores are empty, but not those that an earlier version did not compute", async () => {
    const made = [0, 1].map((seed) => ({ factor: 0, seed, nse: 0.25 }));
    const files = metricsFiles(newFolder(), made);
    const [first, second] = files as [string, string];
    const at = (name: string) => (metricsColumns as readonly string[]).indexOf(name);
    for (const file of files) {
      const [header, row] = readFileSync(file, "utf8").split("\n");
      const cells = row!.split(",").map((cell, i) => (i > at("n_obs") ? "1" : cell));
      cells[at("fms")] = "";
      writeFileSync(file, `${header}\n${cells.join(",")}\n`);
    }
    writeFormer(second);
    expect((await combine([first, second])).log).toContain(
      "Empty for discharge_cms on validation: fms (1 model). The logs",
    );
    expect((await combine([second])).log).not.toContain("Empty");
  });

  test("refuses a file of an earlier version that is cut off, or has no lines", async () => {
    const [file] = metricsFiles(newFolder(), [{ factor: 0, seed: 0, nse: 0.5 }]);
    writeFormer(file!);
    const text = readFileSync(file!, "utf8");
    for (const damaged of [text.slice(0, -5), text.slice(0, text.indexOf("\n") + 1)]) {
      writeFileSync(file!, damaged);
      await expect(combine([file!])).rejects.toThrow(/it is not a whole metrics file/);
    }
  });

  test("is summed up in the log: median and quartiles by factor, models without a score left out", async () => {
    const scores = [0.1, 0.2, 0.3, 0.4, 0.5];
    const made = [
      ...scores.map((nse, seed) => ({ factor: 10, seed, nse })),
      ...scores.map((nse, seed) => ({ factor: 1, seed, nse: nse + 0.25 })),
      { factor: 1, seed: 9, nse: null },
    ];
    const { log } = await combine(metricsFiles(newFolder(), made));
    const rows = log.split("\n").map((row) =>
      row
        .split("|")
        .map((cell) => cell.trim())
        .slice(1, -1),
    );
    expect(rows).toContainEqual([
      "partition",
      "variable",
      "factor",
      "models",
      "nse_q25",
      "nse_median",
      "nse_q75",
    ]);
    const numbers = rows
      .filter(([partition]) => partition === "validation")
      .map((row) => row.slice(2).map(Number));
    expect(numbers).toEqual([
      [1, 5, 0.45, 0.55, 0.65],
      [10, 5, 0.2, 0.3, 0.4],
    ]);
  });

  test("refuses models of two backends, unless it is told to mix", async () => {
    const files = metricsFiles(newFolder(), [
      { factor: 0, seed: 0, nse: 0.5 },
      { factor: 0, seed: 1, nse: 0.5, backend: "gpu" },
    ]);
    await expect(combine(files)).rejects.toThrow(
      /Cannot gather ".*1_metrics.csv": backends are mixed: it comes from "gpu", and "wasm" is used beside it/,
    );
    await expect(combine(files, true)).resolves.toBeDefined();
  });

  test.each([
    ["empty", () => ""],
    ["cut off", (text: string) => text.slice(0, -5)],
    ["of other columns", (text: string) => text.replace("n_obs", "n")],
    ["without lines", (text: string) => text.slice(0, text.indexOf("\n") + 1)],
  ])("refuses a file that is %s", async (_, damage) => {
    const [file] = metricsFiles(newFolder(), [{ factor: 0, seed: 0, nse: 0.5 }]);
    writeFileSync(file!, damage(readFileSync(file!, "utf8")));
    await expect(combine([file!])).rejects.toThrow(
      /Cannot gather ".*0_metrics.csv": it is not a whole metrics file/,
    );
  });
});
