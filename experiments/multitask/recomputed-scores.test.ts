/**
 * Every score of a run over odd rivers, recomputed from the files on disk by programs that share no code with metrics.ts:
 * recompute_scores.py with decimals, and exact-scores.ts with big integers those that need no order of days. Days, masks and partitions are read anew too.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { exactScores } from "./testing/exact-scores.ts";
import { newFolder } from "./testing/made-up-data.ts";
import { oddRivers, oddRiversConfig } from "./testing/odd-rivers.ts";
import { pythonWith } from "./testing/python.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const program = fileURLToPath(new URL("./testing/recompute_scores.py", import.meta.url));
const python = pythonWith("decimal");
const ofDischarge = ["kge", "beta", "fhv", "flv", "log_nse", "n_negative", "pbias", "fms"];

type Row = Readonly<Record<string, string>>;

/** The lines of a CSV file without quotes. */
function rowsOf(file: string): Row[] {
  const [header = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const names = header.split(",");
  return lines.map((line) => Object.fromEntries(line.split(",").map((cell, i) => [names[i]!, cell])));
}

const isIn: Readonly<Record<string, (date: string) => boolean>> = {
  train: (date) => date < "2002-10-01" && (date < "2002-04-01" || date > "2002-05-31"),
  validation: (date) => date >= "2002-10-01" && date < "2003-04-01",
  test: (date) => date >= "2003-04-01" || (date >= "2002-04-01" && date <= "2002-05-31"),
};

/** One hundredth of the mean of decimal texts, to 30 decimals. */
function hundredthOfMean(texts: readonly string[]): string {
  const tenThousandths = texts.map((text) => BigInt(Math.round(Number(text) * 1e4)));
  const sum = tenThousandths.reduce((total, one) => total + one, 0n);
  const scaled = (sum * 10n ** 24n) / BigInt(texts.length);
  return `${scaled}e-30`;
}

describe("the scores of 72 models of rivers that are regulated, run dry, are tidal, tied, constant or short", () => {
  const folder = newFolder();
  const config = oddRiversConfig();
  const observations = rowsOf(join(dirname(config), "obs_file.csv"));
  const metrics = () => rowsOf(join(folder, "expA/overall_metrics.csv"));
  beforeAll(() => {
    const args = [main, "statistics", "--directory", folder, "--configfile", config];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
    expect(status, stdout + stderr).toBe(0);
  });

  test("are recomputed exactly from predictions and observations: none differs by more than 1e-9", () => {
    const lines = metrics();
    expect(lines).toHaveLength(oddRivers.length * 3 * 4 * 3 * 2);
    const columns = Object.keys(lines[0]!);
    // Scores of peaks and signatures are recomputed by the program in Python alone.
    const names = columns.slice(columns.indexOf("n_obs") + 1, columns.indexOf("fms") + 1);
    const differences: string[] = [];
    let [compared, empty] = [0, 0];
    for (const line of lines) {
      const { site_id: site, factor, seed, partition, variable } = line as Record<string, string>;
      const model = `expA/site_id_${site}/factor_${factor}/rand_seed_${seed}`;
      const predicted = new Map(
        rowsOf(join(folder, model, `${partition}_preds.csv`)).map((row) => [row.date!, row[variable!]!]),
      );
      const known = observations.filter(
        (row) =>
          row.site_id === site &&
          row[variable!] !== "" &&
          !(variable === "discharge_cms" && row.discharge_cms_qualifiers!.includes("e")),
      );
      const scored = known.filter((row) => isIn[partition!]!(row.date!));
      const train = known.filter((row) => isIn.train!(row.date!)).map((row) => row[variable!]!);
      const trained = [...predicted.values()].some((text) => text !== "");
      const exact = trained
        ? exactScores(
            scored.map((row) => row[variable!]!),
            scored.map((row) => predicted.get(row.date!)!),
            hundredthOfMean(train),
          )
        : {};
      if (Number(line.n_obs) !== scored.length) differences.push(`n_obs of ${JSON.stringify(line)}`);
      for (const name of names) {
        const want =
          ofDischarge.includes(name) && variable !== "discharge_cms" ? null : (exact[name] ?? null);
        if (want === null) empty++;
        else compared++;
        const isSame =
          want === null
            ? line[name] === ""
            : line[name] !== "" && Math.abs(Number(line[name]) - want) <= 1e-9 * Math.max(1, Math.abs(want));
        if (!isSame)
          differences.push(`${name} of ${model} ${partition} ${variable}: ${line[name]} for ${want}`);
      }
    }
    expect(differences).toEqual([]);
    expect({ compared, empty }).toEqual({ compared: 4764, empty: 3444 });
  });

  test("exist for each column: none is empty for all of these rivers", () => {
    const lines = metrics();
    const columns = Object.keys(lines[0]!);
    expect(columns.filter((name) => lines.every((line) => line[name] === ""))).toEqual([]);
  });

  test.skipIf(!python)("are recomputed alike by a program in Python (skipped without python3)", () => {
    const { status, stdout, stderr } = spawnSync(python!, [program, join(folder, "expA")], {
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ models: 72, lines: 432, scores: 6206 + 432, empty: 5890, differences: 0 },
    });
  });
});
