/** What a cluster has made, looked at on another machine: the journal came along, outputs and data did not. */
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, experiment } from "../support/command.ts";
import { madeUpExperiment } from "../support/made-up-experiment.ts";

describe("with the journal alone", () => {
  let cluster: string;
  let laptop: string;
  const here = (...words: string[]) => experiment([...words, "--configfile", "config.yml"], laptop);
  const bring = (path: string) => {
    mkdirSync(join(laptop, path, ".."), { recursive: true });
    copyFileSync(join(cluster, path), join(laptop, path));
  };

  beforeAll(async () => {
    cluster = madeUpExperiment({ seeds: "0..1" });
    expect((await experiment(["--configfile", "config.yml"], cluster)).code).toBe(0);
    laptop = emptyFolder();
    // The list of sites is part of the question; the records are not needed.
    for (const path of [".braid/journal", "config.yml", "made-up/sites.csv"]) bring(path);
  });

  test("status tells how the run ended, and its jobs by rule", async () => {
    const { code, stdout, stderr } = await experiment(["status"], laptop);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^Done in .*\n {2}command {2}pnpm exp:a --configfile config.yml\n/);
    expect(stdout).toMatch(/train_model +█+ +12\/12/);
  });

  test("why tells what made an output, when and where, although it is not here", async () => {
    const model = "expA/site_id_01022500/factor_1/rand_seed_0/trained_model";
    const { code, stdout, stderr } = await here("why", model);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/trained_model: recorded\n {2}record {3}from the journal only: Cannot make /);
    expect(stdout).toContain("made by  train_model (site_id=01022500, factor=1, seed=0)");
    expect(stdout).toMatch(/ {2}run {6}pnpm exp:a --configfile config.yml \(on /);
    expect(stdout).toMatch(/ {2}when {5}\d{4}-\d\d-\d\d /);
  });

  test("of what the journal does not know, why says what is missing here", async () => {
    const { code, stderr } = await here("why", "expA/site_id_01022500/factor_7/rand_seed_0/trained_model");
    expect(code).toBe(2);
    expect(stderr).toContain('Cannot make "made-up/obs_file.csv"');
  });

  test("results ask for the gathered table, and for no other file", async () => {
    const without = await here("results");
    expect(without.code).toBe(2);
    expect(without.stderr).toContain('Cannot print results of "expA": it has no table of scores yet');
    bring("expA/overall_metrics.csv");
    const { code, stdout } = await here("results");
    expect(code).toBe(0);
    expect(stdout).toContain("expA: NSE of discharge_cms on validation, 3 sites, 2 seeds");
  });

  test("the report is made from the tables alone where it is to have no series", async () => {
    expect((await experiment(["statistics", "--configfile", "config.yml"], cluster)).code).toBe(0);
    bring(".braid/journal");
    for (const path of ["overall_metrics.csv", "about.txt"]) bring(`expA/${path}`);
    for (const table of readdirSync(join(cluster, "expA/statistics"))) bring(`expA/statistics/${table}`);
    bring("expA/ro-crate-metadata.json");
    const { code, stdout, stderr } = await here("report", "--report.series", "false");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^report_page +1$/m);
    expect(stdout).not.toMatch(/^(prep_io_data|train_model|summarise_statistics) /m);
    expect(readFileSync(join(laptop, "expA/report/index.html"), "utf8")).toContain("12 models of 3 sites");
  });
});
