import { spawnSync } from "node:child_process";
import { cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { starterConfig } from "@braid/data/tables";
import { describe, expect, test } from "vitest";
import { startedAs } from "./command-name.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";

const main = fileURLToPath(new URL("./main.ts", import.meta.url));
const importCamels = fileURLToPath(new URL("../../data/src/import-camels.ts", import.meta.url));
const camels4 = fileURLToPath(new URL("../../../shared/data/camels4", import.meta.url));
const usgs82 = fileURLToPath(new URL("../../../shared/data/usgs82", import.meta.url));

/** Runs `pnpm exp:a` with these arguments in an empty folder. */
function expA(...args: string[]) {
  const [first = "", ...rest] = args;
  // The name of an experiment stands in front, as the scripts of package.json put it.
  const words = /^exp[A-D]$/.test(first)
    ? [first, "--directory", newFolder(), ...rest]
    : ["--directory", newFolder(), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...words], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

/** The config of two made-up sites, with `line` in place of the line of the same key. */
function config(line = ""): string {
  const lines = [
    'sites: ["01022500"]',
    "factors: [0, 1]",
    "seeds: 0..1",
    "primary: discharge_cms",
    "auxiliary: [temp_c]",
    "drivers: [prcp_mm, tmax_c]",
    "partitions: { train: 2000-10-01..2002-09-30, validation: 2002-10-01..2003-03-31 }",
    "training: { epochs: 2, learningRate: 0.01 }",
  ];
  const key = line.split(":")[0]!;
  const kept = lines.filter((one) => line === "" || !one.startsWith(`${key}:`));
  const file = join(newFolder(), "config.yml");
  const entry = [...kept, line].map((one) => `    ${one}\n`).join("");
  writeFileSync(file, `data: ${madeUpData()}\nexperiments:\n  expA:\n${entry}`);
  return file;
}

describe("pnpm exp:a", () => {
  test("takes the config that comes with fetched or imported data as it is", () => {
    const data = madeUpData();
    const days = { from: "2000-10-01", to: "2003-09-30" };
    const file = join(data, "config.yml");
    writeFileSync(file, starterConfig({ by: "a test", drivers: ["prcp_mm", "tmax_c"], ...days }));
    const { status, stdout, stderr } = expA("-n", "--quiet", "--configfile", file);
    expect(status, stderr).toBe(0);
    expect(stdout).toMatch(/^train_model +540$/m);
  });

  test.skipIf(!existsSync(camels4))(
    "prepares imported data with the config that leaves out a site without flow (skipped without ../shared/data/camels4)",
    () => {
      const [from, out] = [join(newFolder(), "camels"), join(newFolder(), "data")];
      cpSync(camels4, from, { recursive: true });
      const flows = join(from, "01547700_streamflow_qc.txt");
      writeFileSync(flows, readFileSync(flows, "utf8").replace(/^(.{19}).*$/gm, "$1 -999.00 M"));
      const imported = spawnSync(process.execPath, [importCamels, from, "--out", out], { encoding: "utf8" });
      expect(imported.status, imported.stderr).toBe(0);
      expect(imported.stdout).toContain(
        "Left out of the new config:\n  01547700: no discharge_cms from 2000-01-01 to 2001-10-19",
      );
      expect(imported.stdout).toContain("01547700: discharge_cms was never observed");
      const { status, stdout, stderr } = expA(
        ...["--configfile", join(out, "config.yml"), "--until", "prep_io_data"],
      );
      expect(status, stdout + stderr).toBe(0);
      expect(stdout).toMatch(/^3 jobs done/m);
    },
  );

  test("plans the blog's table of jobs, and one more where the sample is still to be made", () => {
    const { status, stdout } = expA("-n", "--quiet");
    expect(status).toBe(0);
    const counts = Object.fromEntries(
      [...stdout.matchAll(/^(\w+) +(\d+)$/gm)].map(([, rule, count]) => [rule, Number(count)]),
    );
    expect(counts).toEqual({
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

  test("plans the scores on test with the statistics, and no model more", () => {
    const { status, stdout } = expA("statistics", "-n", "--quiet");
    expect(status).toBe(0);
    const counts = Object.fromEntries(
      [...stdout.matchAll(/^(\w+) +(\d+)$/gm)].map(([, rule, count]) => [rule, Number(count)]),
    );
    expect(counts).toMatchObject({
      evaluate_predictions: 2 * 27_270,
      make_predictions: 2 * 27_270,
      ensemble_predictions: 2 * 909,
      combine_judged: 1,
      train_model: 27_270,
    });
    const refused = expA("statistics", "-n", "--factors", "1", "5");
    expect(refused.status).toBe(2);
    expect(refused.stderr).toContain(
      'Cannot compare factors "1, 5": the comparison is with factor 0 and needs another one',
    );
  });

  test.each([
    ["expB", 270, "pool_io_data"],
    ["expC", 27_270, "prep_io_data"],
    ["expD", 270, "pool_io_data"],
  ])("plans %s of the same config", (name, models, rule) => {
    const { status, stdout } = expA(name, "-n", "--quiet");
    expect(status).toBe(0);
    const counts = Object.fromEntries(
      [...stdout.matchAll(/^(\w+) +(\d+)$/gm)].map(([, rule, count]) => [rule, Number(count)]),
    );
    expect(counts).toMatchObject({
      prep_io_data: 101,
      train_model: models,
      make_predictions: models,
      evaluate_predictions: models,
    });
    expect(counts).toHaveProperty(rule);
    // The blog's kind of table, and one job more where the sample is still to be made.
    if (rule === "pool_io_data") expect(counts).toMatchObject({ pool_io_data: 1, total: 915 });
  });

  test("knows by which script it was started", () => {
    expect(startedAs(["-n"])).toEqual({ name: "pnpm exp:a", defaults: {}, argv: ["-n"] });
    expect(startedAs(["expB", "-n"])).toEqual({
      name: "pnpm exp:b",
      defaults: { experiment: "expB" },
      argv: ["-n"],
    });
    expect(startedAs(["expA/overall_metrics.csv"]).argv).toEqual(["expA/overall_metrics.csv"]);
  });

  test("of another letter has all commands, and what is typed goes before its name", () => {
    expect(expA("expB", "status").status).toBe(0);
    expect(expA("expB", "-n", "--quiet").stdout).toMatch(/^pool_io_data +1$/m);
    expect(expA("expB", "-n", "--quiet", "--experiment", "expC").stdout).toMatch(/^train_model +27270$/m);
    const { status, stderr } = expA("expB", "-n", "--configfile", config());
    expect(stderr).toContain(
      'Cannot run experiment "expB": the config has no experiment of this name\n  it has  expA',
    );
    expect(status).toBe(2);
  });

  test("takes every key as an option, ids as text", () => {
    const { stdout } = expA(
      "--configfile",
      config(),
      "-n",
      "--sites",
      "01022500",
      "14185000",
      "--seeds",
      "0..4",
      "--factors",
      "0.5",
    );
    expect(stdout).toContain("train_model (site_id=01022500, factor=0.5, seed=4)");
    expect(stdout).toMatch(/train_model +10\n/);
  });

  test.skipIf(!existsSync(usgs82))("plans the real data (skipped without ../shared/data/usgs82)", () => {
    const file = fileURLToPath(new URL("./config.usgs82.yml", import.meta.url));
    const { status, stdout } = expA("--configfile", file, "-n", "--quiet");
    expect(status).toBe(0);
    expect(stdout).toMatch(/prep_io_data +82\n/);
  });
});

describe("a config that is wrong ends with 2 and says why", () => {
  test.each([
    [
      "sites: [01022500]",
      "experiments.expA.sites[0] is the number 01022500",
      'Write it in quotes: "01022500"',
    ],
    [
      "sites: [08070200]",
      "experiments.expA.sites[0] is the number 08070200",
      'Write it in quotes: "08070200"',
    ],
    ['sites: ["1022500"]', 'Cannot use site "1022500"', "closest  01022500"],
    ["factors: [0, -1]", "experiments.expA.factors[1] is -1", "at least 0"],
    ["training: { epochs: 0, learningRate: 0.01 }", "experiments.expA.training.epochs is 0", "at least 1"],
    ['sites: "01022500"', 'experiments.expA.sites is "01022500"', 'Write a list, of one too: ["01022500"]'],
    [
      "mask_qualifiers: [Ice]",
      'unknown key "experiments.expA.mask_qualifiers"',
      'Did you mean "experiments.expA.maskQualifiers"?',
    ],
    ["epochs: 3", 'unknown key "experiments.expA.epochs"', "known keys"],
    ["trainOn: all", 'Cannot train on "all": the experiment has one site, "01022500"', "pnpm exp:a"],
    ["attributes: [name]", 'Cannot use attributes "name": with trainOn: each', "set trainOn: all"],
    ["partitions: { train: [] }", 'Cannot use partition "train": it is empty', "partitions.train"],
    ["primary: flow", 'obs_file.csv": it has no column "flow"', "discharge_cms, temp_c"],
  ])("%s", (line, message, help) => {
    const { status, stderr } = expA("--configfile", config(line), "-n");
    expect(stderr).toContain(message);
    expect(stderr).toContain(help);
    expect(status).toBe(2);
  });

  test.each([
    [["--training.epoch", "3"], 'Cannot read option "--training.epoch"', "training.epochs"],
    [["--training.epochs", "none"], 'Cannot read option "--training.epochs"', "a number"],
    [["--data", "nowhere"], "Cannot read data folder", "it does not exist"],
    [["--sites", "99999999"], 'Cannot use site "99999999"', "closest"],
  ])("%j", (args, message, help) => {
    const { status, stderr } = expA("--configfile", config(), "-n", ...args);
    expect(stderr).toContain(message);
    expect(stderr).toContain(help);
    expect(status).toBe(2);
  });
});
