/** The main job as a user meets it: `pnpm exp:a` on the sample and on a small made-up data set. */
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { emptyFolder, experiment, jobTable } from "../support/command.ts";
import { madeUpExperiment, sites, writeConfig } from "../support/made-up-experiment.ts";

describe("the plan of the full experiment", () => {
  test("has the jobs of the blog, and one that makes the sample", async () => {
    const { code, stdout } = await experiment(["-n", "--quiet"], emptyFolder());
    expect(code).toBe(0);
    expect(jobTable(stdout)).toEqual({
      all: 1,
      combine_metrics: 1,
      evaluate_predictions: 27_270,
      make_predictions: 27_270,
      make_sample: 1,
      prep_io_data: 101,
      train_model: 27_270,
      total: 81_914,
    });
  });

  test("for one site has 813 jobs beside the one that makes the sample", async () => {
    const { code, stdout } = await experiment(["--", "--sites", "01022500", "-n"], emptyFolder());
    expect(code).toBe(0);
    expect(jobTable(stdout)).toMatchObject({ prep_io_data: 1, train_model: 270, make_sample: 1, total: 814 });
  });

  test("with a partition added scores every model on both", async () => {
    const { stdout } = await experiment(["-n", "--quiet", "--evaluate", "validation", "test"], emptyFolder());
    expect(jobTable(stdout)).toMatchObject({ train_model: 27_270, make_predictions: 54_540, total: 136_454 });
  });
});

describe("a run on made-up data", () => {
  const folder = madeUpExperiment();
  const args = ["--configfile", "config.yml", "-j", "2"];

  test("trains, evaluates and gathers every model", async () => {
    const { code, stdout, stderr } = await experiment(args, folder);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toContain("59 jobs done");
    const lines = readFileSync(join(folder, "expA/overall_metrics.csv"), "utf8").trimEnd().split("\n");
    const header = lines[0]!.split(",");
    // Three sites, two factors, three seeds, two variables.
    expect(lines).toHaveLength(1 + 3 * 2 * 3 * 2);
    const rows = lines
      .slice(1)
      .map((line) => Object.fromEntries(line.split(",").map((text, i) => [header[i]!, text])));
    expect(new Set(rows.map((row) => row.site_id))).toEqual(new Set(sites));
    for (const row of rows.filter((r) => r.variable === "discharge_cms"))
      expect(Number(row.nse)).toBeLessThan(1);
    // Without weight in the loss the auxiliary head was never trained: it has no scores.
    for (const row of rows.filter((r) => r.variable === "temp_c"))
      expect(row.nse === "").toBe(row.factor === "0");
  });

  test("leaves the blog's files", () => {
    const model = join(folder, "expA/site_id_01022500/factor_1/rand_seed_0");
    expect(statSync(join(model, "trained_model")).isDirectory()).toBe(true);
    for (const file of ["validation_preds.csv", "validation_metrics.csv", "../../prepped_data.npz"])
      expect(existsSync(join(model, file))).toBe(true);
  });

  test("does nothing the second time", async () => {
    const { code, stdout } = await experiment(args, folder);
    expect(code).toBe(0);
    expect(stdout).toContain("Nothing to be done");
  });

  test("plans only the new models and what gathers them when a factor is added", async () => {
    writeConfig(folder, { factors: [0, 1, 10] });
    const { stdout } = await experiment([...args, "-n", "--quiet"], folder);
    expect(jobTable(stdout)).toEqual({
      all: 1,
      combine_metrics: 1,
      evaluate_predictions: 9,
      make_predictions: 9,
      train_model: 9,
      total: 29,
    });
    writeConfig(folder);
  });

  test("trains again when the training changes, but not when the place to train does", async () => {
    const more = await experiment([...args, "-n", "--quiet", "--training.epochs", "4"], folder);
    expect(jobTable(more.stdout)).toMatchObject({ train_model: 18, total: 18 });
    const elsewhere = await experiment([...args, "-n", "--backend", "reference"], folder);
    expect(elsewhere.stdout).toContain("Nothing to be done");
  });

  test("a touched data file changes nothing", async () => {
    const file = join(folder, "made-up/obs_file.csv");
    const { utimesSync } = await import("node:fs");
    utimesSync(file, new Date(), new Date());
    const { stdout } = await experiment([...args, "-n"], folder);
    expect(stdout).toContain("Nothing to be done");
  });
});

test("a site without any auxiliary observation runs, and the user is warned on the spot", async () => {
  const folder = madeUpExperiment({ factors: [0, 1], seeds: "0", epochs: 1 });
  const file = join(folder, "made-up/obs_file.csv");
  const unobserved = readFileSync(file, "utf8").replaceAll(/^(08070200,.*),[^,]*$/gm, "$1,");
  writeFileSync(file, unobserved);
  const { code, stdout } = await experiment(["--configfile", "config.yml"], folder);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Warning: prep_io_data \(site_id=08070200\): auxiliary "temp_c" .*never observed/m);
  expect(stdout).not.toContain("Warning: prep_io_data (site_id=01022500)");
});

test("results of other sites than those asked for are not passed off as theirs", async () => {
  const folder = madeUpExperiment({ factors: [0, 1], seeds: "0..1", epochs: 1 });
  const args = ["--configfile", "config.yml"];
  const run = await experiment([...args, "--sites", "01022500"], folder);
  expect(run.stdout).toContain("1 site, 2 seeds");
  const all = await experiment(["results", ...args], folder);
  expect(all.stdout).toContain("1 site, 2 seeds");
  const others = await experiment(["results", ...args, "--sites", "08070200"], folder);
  expect(others.code).toBe(2);
  expect(others.stderr).toContain("has none of the sites, factors, seeds or partitions asked for");
});
