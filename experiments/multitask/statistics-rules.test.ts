import { createHash } from "node:crypto";
import { readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { dryRun, run } from "braid-engine/run";
import { beforeAll, describe, expect, test } from "vitest";
import { answerSource } from "./judging-rules.ts";
import { answer } from "./statistics/answer.ts";
import { numberIn, type Row, readTable } from "./statistics/tables.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";
import { smallExperiment, smallStatistics } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

// Results that stand where the tests are started would speak for those made here.
process.chdir(newFolder());

const settings = {
  factors: [0, 1, 20],
  seeds: "0..7",
  evaluate: ["validation", "test"],
  training: { epochs: 3, learningRate: 0.01 },
  statistics: { permutations: 499, resamples: 200 },
};

const data = madeUpData();

const { resolved, statistics, answerOf } = smallStatistics(settings, data);

describe("the statistics of a small experiment", () => {
  const folder = newFolder();
  const text = (file: string) => readFileSync(join(folder, "expA", file), "utf8");
  const rows = (file: string) => readTable(join(folder, "expA", file));
  beforeAll(async () => {
    const summary = await statistics(folder);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
  });

  test("are no part of the default target", async () => {
    const { counts } = dryRun({ rules: workflow.rules(await resolved()), folder: newFolder() });
    expect([...counts.keys()].sort()).toEqual(
      [
        "all",
        "combine_metrics",
        "evaluate_predictions",
        "make_predictions",
        "prep_io_data",
        "train_model",
      ].sort(),
    );
  });

  test("have a line per test and site, and refuse what eight seeds cannot decide", async () => {
    const tests = await rows("statistics/tests.csv");
    expect(tests).toHaveLength(5 * 2);
    const line = (test: string) => tests.find((row) => row.test === test && row.site_id === "01022500")!;
    expect(line("naive_factor")).toMatchObject({ factor: "1", pairs: "8", partition: "test", refused: "" });
    expect(line("chosen_factor")).toMatchObject({ pairs: "4", p: "", verdict: "refused" });
    expect(line("chosen_factor").refused).toBe(
      "4 pairs of seeds cannot give a p-value below 0.13, and the level is 0.05: 12 seeds are enough, half of them odd",
    );
    expect(line("chosen_factor").median_difference).not.toBe("");
    expect(text("statistics/summary.md")).toContain(
      "- 4 pairs of seeds cannot give a p-value below 0.13, and the level is 0.05: 12 seeds are enough, half of them odd: factor chosen on validation",
    );
  });

  test("count every site once under every test", async () => {
    const counts = await rows("statistics/counts.csv");
    expect(counts).toHaveLength(5 * 3 + 1);
    for (const row of counts) {
      const sum = ["better", "no_difference", "worse", "refused"].reduce(
        (all, what) => all + Number(row[what]),
        0,
      );
      expect(sum).toBe(2);
      expect(row.no_interval).toContain("sites.csv gives no hydrologic unit (huc or huc_cd) of the sites");
    }
  });

  test("tell the differences of the gathered scores", async () => {
    const metrics = (await rows("overall_metrics.csv")).filter(
      (row) => row.variable === "discharge_cms" && row.partition === "test" && row.site_id === "14185000",
    );
    const nse = (factor: string) =>
      metrics.filter((row) => row.factor === factor).map((row) => Number(row.nse));
    const differences = nse("20").map((score, s) => score - nse("0")[s]!);
    const sorted = differences.toSorted((a, b) => a - b);
    const [line] = (await rows("statistics/factors.csv")).filter(
      (row) => row.site_id === "14185000" && row.factor === "20",
    );
    expect(Number(line!.median_difference)).toBeCloseTo((sorted[3]! + sorted[4]!) / 2, 6);
    expect(Number(line!.seeds_better)).toBe(differences.filter((difference) => difference > 0).length);
  });

  test("split the mean difference in NSE over the months", async () => {
    const metrics = (await rows("overall_metrics.csv")).filter(
      (row) => row.variable === "discharge_cms" && row.partition === "test" && row.site_id === "01022500",
    );
    const mean = (factor: string) => {
      const scores = metrics.filter((row) => row.factor === factor).map((row) => Number(row.nse));
      return scores.reduce((sum, score) => sum + score, 0) / scores.length;
    };
    const parts = (await rows("statistics/months.csv"))
      .filter((row) => row.site_id === "01022500" && row.factor === "20")
      .map((row) => numberIn(row.nse_gain)!);
    expect(parts).toHaveLength(6);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(mean("20") - mean("0"), 4);
  });

  test("score the ensembles on every partition", async () => {
    const ensembles = await rows("statistics/ensemble_metrics.csv");
    expect(ensembles).toHaveLength(2 * 3 * 2 * 2);
    const [days] = await rows("statistics/ensemble_days.csv");
    const scored = ensembles.find(
      (row: Row) =>
        row.site_id === days!.site_id &&
        row.factor === days!.factor &&
        row.partition === "test" &&
        row.variable === "discharge_cms",
    );
    expect(Number(days!.nse_multi)).toBeCloseTo(Number(scored!.nse), 4);
  });

  test("are described by a crate whose checksums hold", () => {
    const graph = JSON.parse(text("ro-crate-metadata.json"))["@graph"] as Record<string, unknown>[];
    const files = graph.filter((entity) => entity["@type"] === "File");
    expect(files.map((file) => file["@id"])).toEqual(
      expect.arrayContaining(["overall_metrics.csv", "statistics/tests.csv", "statistics/summary.md"]),
    );
    for (const file of files)
      expect(
        createHash("sha256")
          .update(text(file["@id"] as string))
          .digest("hex"),
      ).toBe(file.sha256);
    expect(graph.find((entity) => entity["@id"] === "#models")).toMatchObject({ value: 48 });
    expect(graph.find((entity) => entity["@id"] === "#backend-reference")).toBeDefined();
    const experiment = JSON.parse(text("statistics/experiment.json"));
    expect(experiment).toMatchObject({ factors: [0, 1, 20], trainedBy: ["reference"] });
    // What the config asks for need not be what trained.
    expect(experiment).not.toHaveProperty("backend");
  });

  test("are the same bytes when they are made again", async () => {
    const names = ["tests", "factors", "high_flows", "months", "ensemble_days", "counts"];
    const before = names.map((name) => text(`statistics/${name}.csv`));
    const rules = workflow.rules(await resolved());
    const these = ["test_factors", "measure_gains", "count_verdicts"];
    const { total } = await run({ rules, folder, targets: ["statistics"], slots: 2, force: { these } });
    expect(total).toBeGreaterThanOrEqual(3);
    expect(names.map((name) => text(`statistics/${name}.csv`))).toEqual(before);
  });

  test("are told in short on the terminal, drawn or plain", async () => {
    const plain = await answerOf(folder, false);
    expect(plain).toContain("expA: NSE of discharge_cms on test, 2 sites, 8 seeds\n");
    expect(plain).toMatch(/^factor +median NSE +middle half of sites +median gain, paired by seed$/m);
    expect(plain).toMatch(/^20 +-?\d\.\d{3} /m);
    expect(plain).toMatch(/^factor chosen on validation +refused +refused +refused$/m);
    expect(plain).toMatch(/^any factor better +\d \/ \d +\d \/ \d +-$/m);
    // A terminal folds reasons, and cannot fold tables.
    const unfolded = plain.split("\n").filter((line) => !line.startsWith("Refused: "));
    expect(Math.max(...unfolded.map((line) => line.length))).toBeLessThan(80);
    expect(plain).toContain("Refused: 4 pairs of seeds cannot give a p-value below 0.13");
    expect(plain).toContain("More: expA/statistics/summary.md");
    expect(plain).toContain(
      "\nNSE has no unit: 1 is perfect, 0 is as good as the mean of the observations.\n",
    );
    expect(plain).toMatch(/\nScores: expA\/overall_metrics\.csv$/);
    const typed = {
      shown: (path: string) => path,
      run: "pnpm exp:a",
      make: (target: string) => `pnpm exp:a ${target}`,
    };
    const source = answerSource(await resolved());
    expect(await answer(source, folder, false, typed)).toMatch(
      /\nNext, a page with maps and figures:\n {2}pnpm exp:a report$/,
    );
    expect(plain).not.toMatch(/[▁-█]/);
    expect(await answerOf(folder, true)).toMatch(/^[▁-█]{3} {2}median NSE, factor by factor$/m);
  });
});

test("tables of another question are not told as the answer", async () => {
  const folder = newFolder();
  const few = { sites: ["01022500"], factors: [0, 1], seeds: "0..5" };
  await statistics(folder, few);
  expect(await answerOf(folder, false, few)).toContain("More: expA/statistics/summary.md");
  const untested = "The target `statistics` tests them.";
  // What the default target scores does not change what is judged.
  expect(await answerOf(folder, false, { ...few, evaluate: ["validation"] })).toContain("on test, 1 site");
  const { test: _, ...partitions } = smallExperiment.partitions;
  expect(await answerOf(folder, false, { ...few, evaluate: ["validation"], partitions })).toContain(untested);
  expect(await answerOf(folder, false, { ...few, seeds: "0..3" })).toContain(untested);
  await expect(answerOf(folder, false, { ...few, sites: ["14185000"] })).rejects.toThrow(
    "its table has none of the sites, factors, seeds or partitions asked for",
  );
});

test("tables stand when the same metrics are gathered again, and not when others are", async () => {
  const folder = newFolder();
  const few = { sites: ["01022500"], factors: [0, 1], seeds: "0..5" };
  await statistics(folder, few);
  const metrics = join(folder, "expA/overall_metrics.csv");
  const later = new Date(Date.now() + 60_000);
  utimesSync(metrics, later, later);
  expect(await answerOf(folder, false, few)).toContain("More: expA/statistics/summary.md");
  const [header = "", ...lines] = readFileSync(metrics, "utf8").trimEnd().split("\n");
  const nse = header.split(",").indexOf("nse");
  const changed = lines.map((line) => line.split(",").with(nse, "0.25").join());
  writeFileSync(metrics, `${[header, ...changed].join("\n")}\n`);
  utimesSync(metrics, later, later);
  expect(await answerOf(folder, false, few)).toContain("The target `statistics` tests them.");
});

test("the answer tells the seeds that were compared, not those asked for since", async () => {
  const folder = newFolder();
  const few = { sites: ["01022500"], factors: [0, 1], seeds: "0..5" };
  await statistics(folder, few);
  const told = await answerOf(folder, false, { ...few, seeds: "0..29" });
  expect(told).toContain("on test, 1 site, 6 seeds\n");
  expect(told).toContain("against factor 0, of 1 site ");
});

describe("with validation days alone", () => {
  const folder = newFolder();
  const { test: _, ...partitions } = smallExperiment.partitions;
  const changes = {
    evaluate: ["validation"],
    partitions,
    sites: ["01022500"],
    factors: [0, 5],
    seeds: "0..5",
    training: { epochs: 1, learningRate: 0.01 },
  };

  test("the answer is told before the tests are made, and says how to make them", async () => {
    await expect(answerOf(folder, false, changes)).rejects.toThrow(
      'Cannot print results of "expA": it has no table of scores yet',
    );
    await run({ rules: workflow.rules(await resolved(changes)), folder, slots: 2 });
    const text = await answerOf(folder, false, changes);
    expect(text).toContain("expA: NSE of discharge_cms on validation, 1 site, 6 seeds");
    expect(text).toContain("The target `statistics` tests them.");
  });

  test("the tests are made on it, and a chosen factor is refused with what to do", async () => {
    expect(await statistics(folder, changes)).toMatchObject({ outcome: "done" });
    const tests = await readTable(join(folder, "expA/statistics/tests.csv"));
    expect(tests.map((row) => row.verdict !== "refused")).toEqual([true, true, true, false, false]);
    expect(tests[3]!.refused).toContain(
      "the config has no days of both (partitions.validation, partitions.test)",
    );
    expect(tests[4]!.refused).toBe("factor 1 is not among those trained");
    const summary = readFileSync(join(folder, "expA/statistics/summary.md"), "utf8");
    expect(summary).toContain("with factor 5 at every site");
    const refusal = "the config has no days of both (partitions.validation, partitions.test)";
    expect(summary.split(refusal)).toHaveLength(2);
    expect(summary).not.toContain("Neighbours");
    expect(summary).toContain("Luck counted as gain");
  });

  test("without factor 0 there is nothing to compare with", async () => {
    const other = { ...changes, factors: [5] };
    const rules = workflow.rules(await resolved(other));
    // A dry run says so, before anything is trained.
    expect(() => dryRun({ rules, folder: newFolder(), targets: ["statistics"] })).toThrow(
      'Cannot compare factors "5": the comparison is with factor 0 and needs another one',
    );
    expect(dryRun({ rules, folder: newFolder(), targets: ["report"] }).counts.get("report_page")).toBe(1);
    const alone = workflow.rules(await resolved({ ...changes, auxiliary: [] }));
    expect(() => dryRun({ rules: alone, folder: newFolder(), targets: ["statistics"] })).toThrow(
      "discharge_cms is the only variable, so every factor trains the same model",
    );
  });

  test.each([
    [
      { factors: [5, 20] },
      "validation",
      /^20 +-?\d\.\d{3}$/m,
      "(factors 5, 20): the comparison is with factor 0",
    ],
    [{ factors: [5] }, "validation", /^5 +-?\d\.\d{3}$/m, "(factors 5): the comparison is with factor 0"],
    [
      { evaluate: ["train"] },
      "train",
      /^0 +-?\d\.\d{3}$/m,
      "(on partition train): it is what the models learnt from",
    ],
  ])(
    "where nothing can be compared (%j) each factor is told by itself, with the reason",
    async (keys, partition, line, why) => {
      const other = { ...changes, ...keys, seeds: "0..1" };
      await run({ rules: workflow.rules(await resolved(other)), folder, slots: 2 });
      const text = await answerOf(folder, true, other);
      expect(text).toContain(`expA: NSE of discharge_cms on ${partition}, 1 site, 2 seeds`);
      expect(text).toMatch(line);
      expect(text).not.toContain("median gain");
      expect(text).toContain(`Nothing is compared ${why}`);
      await expect(answerOf(folder, false, { ...other, sites: ["14185000"] })).rejects.toThrow(
        "its table has none of the sites, factors, seeds or partitions asked for",
      );
    },
  );

  test("a variable that is learnt alone is no comparison to be mended by more factors", async () => {
    const alone = { ...changes, auxiliary: [], factors: [0], seeds: "0..1" };
    await run({ rules: workflow.rules(await resolved(alone)), folder, slots: 2 });
    expect(await answerOf(folder, false, alone)).toContain(
      'Nothing is compared: discharge_cms is the only variable. To compare factors, name another variable of obs_file.csv under "auxiliary" in the config.',
    );
  });
});
