import { execFile } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeParquet } from "@braid/data/testing";
import { describe, expect, test } from "vitest";
import { reportText } from "./check-workflow.ts";
import { checkRun } from "./steps/check-run.ts";
import { newFolder } from "./testing/made-up-data.ts";
import { type Case, caseExperiment, caseFolder, runCase, site } from "./testing/real-life.ts";

const found = async (given: Case, data = caseFolder(given)) => {
  const experiment = await caseExperiment(data, given.settings);
  const checked = await checkRun(experiment);
  return { ...checked, texts: checked.findings.map(({ level, text }) => `${level}: ${text}`), experiment };
};

const other = "02037500";
const late: Case = {
  sites: [site, other],
  change: (day, id) => {
    if (id === other && day.date < "2016-12-31") day.flow = "";
  },
};

describe("a check of a config finds what its run meets, and nothing else", () => {
  const cases: Record<string, Case> = {
    sound: {},
    "a site that begins after the train days": late,
    "a code for missing": { change: (day) => void (day.i === 40 && Object.assign(day, { other: "-888" })) },
    "no driver on a day of the test": {
      change: (day) => void (day.i === 900 && Object.assign(day, { rain: "" })),
    },
    "text in a column that the run does not read": {
      observed: "discharge_cms,remark,temp_c",
      change: (day) => Object.assign(day, { code: "dry?" }),
    },
    "no driver on days of no partition": {
      change: (day) => void (day.i === 900 && Object.assign(day, { rain: "" })),
      settings: {
        partitions: { train: "2015-10-01..2016-09-30", validation: "2016-10-01..2017-09-30" },
        evaluate: ["validation"],
      },
    },
    "sites that share a model, one of which begins after the train days": {
      ...late,
      settings: { trainOn: "all" },
    },
    "an attribute that is not known to be harmless": {
      sites: [site, other],
      columns: { soil_depth: [1, 2] },
      settings: { trainOn: "all", attributes: ["soil_depth"] },
    },
    "codes that mask nothing": {
      observed: "discharge_cms,discharge_cms_qualifiers,temp_c",
      change: (day) => Object.assign(day, { code: "Ae" }),
      settings: { maskQualifiers: ["e"] },
    },
  };
  test.each(Object.keys(cases))("%s", async (name) => {
    const given = cases[name]!;
    const { usable, findings } = await found(given);
    const ran = await runCase(given);
    const sentences = (level: string) =>
      findings.filter((one) => one.level === level).map(({ text }) => text);
    const failed = ran.errors.filter((text) => !text.startsWith("None of the files"));
    const sentence = (text: string) => text.split("\n")[0]!.replace(/braid-multitask-\w+/, "");
    expect(failed.map(sentence)).toEqual(sentences("error").map(sentence));
    for (const text of sentences("warning")) expect(ran.warnings.join("\n")).toContain(text);
    expect(ran.summary.outcome).toBe(usable.length > 0 ? "done" : "failed");
  });
});

test("sites that share a model are told with their attributes", async () => {
  const columns = { elevation_m: [1, 2] };
  const settings = { trainOn: "all", attributes: ["elevation_m"] };
  const { usable, experiment, findings } = await found({ sites: [site, other], columns, settings });
  const text = reportText(experiment, { usable, findings });
  expect(text).toContain("  a model    of all sites\n  attributes elevation_m\n");
  expect(text).toMatch(/a run can use all 2 sites$/);
});

test("days are those of the config, and a partition without observations is a warning", async () => {
  const dry: Case = { change: (day) => void (day.date >= "2017-10-01" && Object.assign(day, { flow: "" })) };
  const { usable, texts, experiment, findings } = await found(dry);
  expect(usable).toEqual([{ site, days: { train: 366, validation: 365, test: 0 } }]);
  expect(texts).toEqual(["warning: discharge_cms has no score on test: nothing was observed in test"]);
  const text = reportText(experiment, { usable, findings });
  expect(text).toContain("01435000    366         365     0");
  expect(text).toMatch(/No errors, 1 warning: a run can use the site$/);
});

test("the last sentence says what a run does without a site", async () => {
  const { experiment, usable, findings } = await found(late);
  expect(reportText(experiment, { usable, findings })).toMatch(
    /1 error, 0 warnings: a run goes on with 1 of 2 sites\. To leave the others out yourself: exclude: \["02037500"\]$/,
  );
  const strict = await found({ ...late, settings: { strict: true } });
  expect(reportText(strict.experiment, strict)).toMatch(
    /1 error, 0 warnings: a run stops, because `strict` is set$/,
  );
  const excluded = await found({ ...late, settings: { exclude: [other] } });
  expect(reportText(excluded.experiment, excluded)).toMatch(
    /^Experiment e: 1 site, 1 excluded \(02037500\)[\s\S]*No errors, 0 warnings: a run can use the site$/,
  );
});

test("a model of flow without precipitation is warned of, and drivers that it does not use are named", async () => {
  const checked = await found({ settings: { drivers: ["tmin_c", "tmax_c"] } });
  expect(checked.texts).toContain(
    "warning: discharge_cms is flow, and no driver is precipitation by its name (tmin_c, tmax_c): the file has prcp_mm: add it to `drivers` of the config",
  );
  const text = reportText(checked.experiment, checked);
  expect(text).toContain("\n  not used   in the data, and not among its drivers: prcp_mm\n");
  const all = await found({});
  expect(reportText(all.experiment, all)).not.toContain("not used");
});

test("flow is compared with precipitation on the area of sites.csv, and ids are asked about that may lack a zero", async () => {
  const cubicFeet: Case = {
    sites: ["1435000"],
    columns: { drainage_area_km2: [172] },
    change: (day) => Object.assign(day, { flow: (Number(day.flow) * 35.3147).toFixed(3) }),
  };
  expect((await found(cubicFeet)).texts).toEqual([
    "warning: the id has seven digits: USGS ids have eight or more, was a leading zero lost?",
    expect.stringMatching(
      /^warning: discharge_cms is more than three times the precipitation: is its unit cubic feet per second/,
    ),
  ]);
  // Ids of other agencies have other lengths, and without an area there is nothing to compare.
  expect((await found({ ...cubicFeet, columns: { source: ["GRDC"] } })).texts).toEqual([]);
});

test("a gap in the drivers leads to `fillGaps`, unless it is set", async () => {
  const gap: Case = {
    sites: [site, other],
    change: (day, id) => void (id === other && day.date === "2016-01-05" && Object.assign(day, { rain: "" })),
  };
  const advice = "Gaps in the drivers: `fillGaps: N` in the config interpolates gaps of up to N days";
  const without = await found(gap);
  expect(reportText(without.experiment, without)).toContain(advice);
  const set = await found({ ...gap, settings: { fillGaps: 3, fillPrecipitation: true } });
  expect(reportText(set.experiment, set)).not.toContain(advice);
  const late = await found({});
  expect(reportText(late.experiment, late)).not.toContain(advice);
});

test("Parquet tables are read as a run reads them", async () => {
  const data = caseFolder({});
  for (const name of ["obs_file", "input_file"]) {
    writeParquet(join(data, `${name}.parquet`), readFileSync(join(data, `${name}.csv`), "utf8"));
    rmSync(join(data, `${name}.csv`));
  }
  const { texts, usable } = await found({}, data);
  expect(texts).toEqual([]);
  expect(usable[0]!.days).toEqual({ train: 366, validation: 365, test: 365 });
});

/** Runs the command as a user does. */
function command(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(import.meta.dirname, "check-data.ts"), ...args], (error, out, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : error ? -1 : 0, out, err });
    });
  });
}

test("the command takes a folder or a config, and its exit code says whether there are errors", async () => {
  const data = caseFolder(late);
  const config = join(newFolder(), "config.yml");
  writeFileSync(
    config,
    `data: ${data}
experiments:
  expA:
    sites: all
    factors: [0, 1]
    seeds: 0
    primary: discharge_cms
    auxiliary: [temp_c]
    drivers: [prcp_mm]
    partitions: { train: 2015-10-01..2016-09-30, validation: 2016-10-01..2017-09-30 }
    training: { epochs: 1, learningRate: 0.01 }
`,
  );
  const bad = await command("--configfile", config);
  expect(bad).toMatchObject({ code: 1, err: "" });
  expect(bad.out).toContain("a run goes on with 1 of 2 sites");
  // Options of the experiment are those of a run.
  const option = await command("--configfile", config, "--sites", site);
  expect(option).toMatchObject({ code: 0, err: "" });
  expect(option.out).toContain("No errors, 0 warnings: a run can use the site");
  const later = await command(
    "--configfile",
    config,
    "--partitions.train",
    "2017-01-01..2017-12-31",
    "--partitions.validation",
    "2018-01-01..2018-06-30",
  );
  expect(later).toMatchObject({ code: 0, err: "" });
  expect(await command(data)).toMatchObject({ code: 0, err: "" });
  const both = await command(data, "--configfile", config);
  expect(both.code).toBe(2);
  expect(both.err).toContain("a folder and a config are given");
});
