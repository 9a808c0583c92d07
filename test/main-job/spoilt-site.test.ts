/**
 * One spoilt site of five of the synthetic sample, in both layouts: it costs that site alone, unless the experiment is
 * `strict`, and whatever is made says that it is missing. When its data are mended, only its jobs and the gathers run.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { makeSample, sampleFolder } from "@braid/data";
import { beforeAll, describe, expect, test } from "vitest";
import { emptyFolder, experiment } from "../support/command.ts";

const sites: string[] = [];
const from = "2000-10-01";
const to = "2003-09-30";

/** Five sites of the sample, three years of each. */
const data = { drivers: "", observations: "", sites: "" };

beforeAll(async () => {
  const folder = emptyFolder();
  const made = { observations: join(folder, "obs.csv"), drivers: join(folder, "input.csv") };
  await makeSample(made);
  const list = readFileSync(join(sampleFolder, "sites.csv"), "utf8").trimEnd().split("\n");
  const chosen = list.slice(0, 6);
  sites.push(...chosen.slice(1).map((line) => line.split(",")[0]!));
  data.sites = `${chosen.join("\n")}\n`;
  for (const table of ["drivers", "observations"] as const) {
    const [header, ...lines] = readFileSync(made[table], "utf8").split("\n");
    const kept = lines.filter((line) => {
      const [site = "", date = ""] = line.split(",");
      return sites.includes(site) && date >= from && date <= to;
    });
    data[table] = `${[header, ...kept].join("\n")}\n`;
  }
});

/** A folder with the data, in which one value of the third site is none; and a config. */
function spoiltFolder(layout: string): string {
  const folder = emptyFolder();
  mkdirSync(join(folder, "rivers"));
  writeFileSync(join(folder, "rivers/sites.csv"), data.sites);
  writeFileSync(join(folder, "rivers/obs_file.csv"), data.observations);
  writeFileSync(join(folder, "rivers/input_file.csv"), spoilt(data.drivers));
  writeFileSync(
    join(folder, "config.yml"),
    `data: rivers
experiments:
  expA:
    sites: all
    factors: [0, 1]
    seeds: 0..2
    primary: discharge_cms
    auxiliary: [temp_c]
    drivers: [prcp_mm, tmin_c, tmax_c]
    partitions: { train: ${from}..2002-09-30, validation: 2002-10-01..2003-03-31, test: 2003-04-01..${to} }
    evaluate: [validation, test]
    sequence: { length: 120, warmup: 0 }
    model: { hidden: 4 }
    training: { epochs: 2, learningRate: 0.01 }
    statistics: { permutations: 99, resamples: 100 }
    layout: ${layout}
    simd: baseline
`,
  );
  return folder;
}

function spoilt(drivers: string): string {
  const day = new RegExp(`^(${sites[2]},2001-01-01),[^,]*`, "m");
  expect(drivers).toMatch(day);
  return drivers.replace(day, "$1,broken");
}

const may = ["--configfile", "config.yml", "-j", "2"];
const reason = 'prcp_mm is not a number: "broken" on 2001-01-01';

/** The ids in the first column of that name, in order of appearance. */
function sitesOf(file: string): string[] {
  const [header = "", ...lines] = readFileSync(file, "utf8").trimEnd().split("\n");
  const at = header.split(",").indexOf("site_id");
  return [...new Set(lines.map((line) => line.split(",")[at]!))];
}

describe.each(["files", "packed"])("one spoilt site of five, layout %s", (layout) => {
  let folder = "";
  const text = (path: string) => readFileSync(join(folder, path), "utf8");
  const others = () => sites.filter((site) => site !== sites[2]);
  const tables = ["tests", "factors", "high_flows", "months", "ensemble_days", "ensemble_metrics"];
  const models = layout === "files" ? 2 * 3 : 2;

  test("stops the run where it is strict", async () => {
    folder = spoiltFolder(layout);
    const { code, stdout } = await experiment(["--configfile", "config.yml", "-k", "--strict"], folder);
    expect(code).toBe(1);
    expect(stdout).toContain(`Failed: prep_io_data (site_id=${sites[2]})`);
    expect(existsSync(join(folder, "expA/overall_metrics.csv"))).toBe(false);
  });

  test("costs that site alone, and the run ends well with a warning", async () => {
    const { code, stdout, stderr } = await experiment(["report", "statistics", ...may], folder);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    expect(stdout).toMatch(/ 1 optional job failed, \d+ left out because of that, in /);
    expect(stdout).toContain(`Failed (optional): prep_io_data (site_id=${sites[2]})\n`);
    expect(stdout).toContain(
      `4 sites, 3 seeds (SYNTHETIC data: these scores say nothing about rivers)\n4 of 5 sites. Left out: ${sites[2]} (${reason})\n`,
    );
    expect(stdout).toContain("against factor 0, of 4 sites");
    expect(stdout).toContain("Page: expA/report/index.html");
    expect(stdout).toMatch(/^Warning: combine_metrics runs without \d+ of \d+ files, .*site_id_/m);
  });

  test("is in no table, and whatever is made says so", () => {
    expect(sitesOf(join(folder, "expA/overall_metrics.csv"))).toEqual(others());
    for (const table of tables)
      expect(sitesOf(join(folder, `expA/statistics/${table}.csv`)), table).toEqual(others());
    const missing = `4 of 5 sites: all counts are of these. Left out, since its data could not be prepared: ${sites[2]} (${reason}).`;
    expect(text("expA/left_out.csv")).toBe(`site_id,reason\n${sites[2]},"${reason.replaceAll('"', '""')}"\n`);
    expect(text("expA/about.txt")).toContain(missing);
    expect(text("expA/statistics/summary.md")).toContain(`- **The data**: ${missing}`);
    expect(text("expA/statistics/summary.md")).toContain("4 sites, one model per site");
    const assets = join(folder, "expA/report/assets");
    expect(readFileSync(join(assets, "report.js"), "utf8")).toContain(missing.replaceAll('"', '\\"'));
    expect(JSON.parse(text("expA/statistics/experiment.json"))).toMatchObject({
      sites,
      missingSites: [sites[2]],
    });
    expect(existsSync(join(folder, `expA/report/series/${sites[2]}.js`))).toBe(false);
    for (const site of others()) expect(existsSync(join(folder, `expA/report/series/${site}.js`))).toBe(true);
  });

  test("is said to be missing by `results`", async () => {
    const { code, stdout } = await experiment(["results", "--configfile", "config.yml"], folder);
    expect(code).toBe(0);
    expect(stdout).toContain(`\n4 of 5 sites. Left out: ${sites[2]} (${reason})\n`);
  });

  test("is tried again by the next run, which makes nothing", async () => {
    const before = text("expA/overall_metrics.csv");
    const { code, stdout } = await experiment(["report", ...may], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0 jobs done, \d+ up to date after all, 1 optional job failed/m);
    expect(text("expA/overall_metrics.csv")).toBe(before);
  });

  test("when mended, it and what gathers it are made, and nothing of the others", async () => {
    writeFileSync(join(folder, "rivers/input_file.csv"), data.drivers);
    const plan = await experiment(["report", ...may, "-n", "--quiet"], folder);
    // All sites lie in one file: each is prepared, and of the others nothing comes out different.
    expect(plan.stdout).toMatch(/^prep_io_data +5 +0$/m);
    const { code, stdout } = await experiment(["report", ...may, "--verbose"], folder);
    expect(code).toBe(0);
    const done = [...stdout.matchAll(/^Done: ([a-z_]+)(?: \((.*?)\))?, in/gm)];
    for (const [line, rule, values = ""] of done)
      if (values !== "" && rule !== "prep_io_data") expect(values, line).toContain(`site_id=${sites[2]}`);
    const count = (rule: string) => done.filter(([, name]) => name === rule).length;
    expect(
      ["prep_io_data", "train_model", "combine_metrics", "report_series", "report_page"].map(count),
    ).toEqual([...[5, models, 1, 1, 1]]);
    expect(sitesOf(join(folder, "expA/overall_metrics.csv"))).toEqual(sites);
    expect(stdout).toContain("against factor 0, of 5 sites");
    expect(stdout).not.toContain("Left out");
    for (const file of [
      "about.txt",
      "statistics/summary.md",
      "statistics/experiment.json",
      "report/assets/report.js",
    ])
      expect(text(`expA/${file}`)).not.toMatch(/Left out|missingSites/);
  });

  test("whole results are those of a strict run, in any order of its lists", async () => {
    const strict = ["statistics", "--configfile", "config.yml", "-n"];
    const orders = ["--sites", ...sites.toReversed(), "--seeds", "2", "0", "1", "--factors", "1", "0"];
    for (const args of [
      [],
      ["--strict"],
      ["--sitesMayFail"],
      [...orders, "--evaluate", "test", "validation"],
    ]) {
      const { code, stdout } = await experiment([...strict, ...args], folder);
      expect(code).toBe(0);
      expect(stdout).toBe("Nothing to be done: everything asked for is up to date.\n");
    }
  });
});

test("where every site is spoilt the run fails, and says so", async () => {
  const folder = spoiltFolder("files");
  writeFileSync(
    join(folder, "rivers/input_file.csv"),
    data.drivers.replaceAll(/^(\d+,2001-01-01),[^,]*/gm, "$1,broken"),
  );
  const { code, stdout } = await experiment(may, folder);
  expect(code).toBe(1);
  expect(stdout).toContain("5 optional jobs failed");
  expect(stdout).toContain("None of the files that it gathers could be made.");
});
