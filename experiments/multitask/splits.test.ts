/** The same experiment on several splits of the record, and the verdicts over them. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { dryRun } from "braid-engine/run";
import { beforeAll, describe, expect, test } from "vitest";
import { Config } from "./config.ts";
import { splitsAnswer } from "./split-answer.ts";
import { sharedDays, splitRefusals, splitRows, splitSiteRows, verdictCells } from "./statistics/splits.ts";
import { type Row, readTable } from "./statistics/tables.ts";
import { newFolder } from "./testing/made-up-data.ts";
import { caseFolder } from "./testing/real-life.ts";
import { type Changes, experimentOf, sixSeeds } from "./testing/run-rivers.ts";
import workflow from "./workflow.ts";

const sites = ["01013500", "01022500"];
const usual = {
  train: "2015-10-01..2016-09-30",
  validation: "2016-10-01..2017-03-31",
  test: "2017-04-01..2017-12-31",
};
const late = {
  train: "2016-10-01..2017-09-30",
  validation: "2015-10-01..2016-09-30",
  test: "2017-10-01..2018-09-30",
};
const entry = { ...sixSeeds, partitions: usual };
const splits = [{ test: "2018-01-01..2018-09-30" }, { name: "late", ...late }];
const data = caseFolder({ sites });

const { resolved, runIn } = experimentOf("expA", entry);

async function jobsOf(folder: string, changes: Changes, name = "expA") {
  const experiment = await experimentOf(name, entry).resolved(data, changes);
  return Object.fromEntries(dryRun({ rules: workflow.rules(experiment), folder }).counts);
}

describe("an experiment with splits", () => {
  const folder = newFolder();
  const at = (path: string) => join(folder, "expA", path);
  const all = ["all", "statistics", "report", "export", "baselines"];
  beforeAll(async () => {
    const { summary } = await runIn(folder, data, { splits }, all);
    expect(summary).toMatchObject({ outcome: "done", failed: [] });
  });

  test("has in each the results of an experiment on its days", async () => {
    const alone = newFolder();
    await runIn(alone, data, { partitions: late });
    const without = (rows: readonly Row[]) => rows.map(({ experiment: _, ...row }) => row);
    const rows = await readTable(at("split_late/overall_metrics.csv"));
    expect(new Set(rows.map(({ experiment }) => experiment))).toEqual(new Set(["expA/split_late"]));
    expect(without(rows)).toEqual(without(await readTable(join(alone, "expA/overall_metrics.csv"))));
    expect(existsSync(at("split_1/report/index.html"))).toBe(true);
    expect(existsSync(at("split_1/export/scores.nc"))).toBe(true);
    expect(existsSync(at("split_1/baselines/skill.csv"))).toBe(true);
    expect(readFileSync(at("split_1/about.txt"), "utf8")).toContain("test: 2018-01-01..2018-09-30");
    expect(existsSync(at("overall_metrics.csv"))).toBe(false);
  });

  test("counts the verdicts of each, and the sites at which all agree", async () => {
    const counts = await readTable(at("splits.csv"));
    for (const split of ["1", "late"]) {
      const own = (await readTable(at(`split_${split}/statistics/counts.csv`))).filter(
        ({ adjustment }) => adjustment === "none",
      );
      const ofSplit = counts.filter((row) => row.split === split);
      const keys = ["test", "better", "no_difference", "worse", "refused", "reason"];
      const told = (rows: readonly Row[]) => rows.map((row) => keys.map((key) => row[key]));
      expect(ofSplit.map(({ test }) => test)).toContain("chosen_factor_days");
      expect(told(ofSplit)).toEqual(told(own));
    }
    for (const { split, test, ...found } of counts) {
      if (test === "chosen_factor_days") continue;
      const tests = await readTable(at(`split_${split}/statistics/tests.csv`));
      const lines = tests.filter((line) => line.test === test);
      for (const verdict of ["better", "no difference", "worse", "refused"])
        expect(found[verdict.replace(" ", "_")]).toBe(
          String(lines.filter((line) => line.verdict === verdict).length),
        );
    }
    expect(new Set(counts.map(({ split }) => split))).toEqual(new Set(["1", "late"]));
    expect(await readTable(at("splits_sites.csv"))).toHaveLength(6 * sites.length);
    const page = readFileSync(at("splits.md"), "utf8");
    expect(page).toContain("# expA: the verdicts of 2 splits");
    expect(page).toContain("| factor chosen on validation | refused | refused | - | - |");
    const reason =
      "3 pairs of seeds cannot give a p-value below 0.25, and the level is 0.05: 12 seeds are enough, half of them odd";
    expect(page).toContain(`- Refused: factor chosen on validation (all splits): ${reason}\n`);
    expect(page).toMatch(
      /^\| the same, tested over days \| \d \/ \d \/ \d \| \d \/ \d \/ \d \| \d \| \d \|$/m,
    );
    expect(page).toContain("| better / same / worse | split 1 | split late | better in all | worse in all |");
    expect(page).toContain(
      "- split late: train 2016-10-01..2017-09-30; validation 2015-10-01..2016-09-30; test 2017-10-01..2018-09-30",
    );
    expect(page).toContain("273 days of test (2018-01-01 to 2018-09-30) are in several splits");
  });

  test("ends with the verdicts of all, or as long as they are not made, with the answer of each", async () => {
    const experiment = await resolved(data, { splits });
    const typed = { shown: (path: string) => path, run: "pnpm exp:a" };
    const tell = async ({ name }: { readonly name: string }) => `the answer of ${name}`;
    const text = await splitsAnswer(experiment, experiment.splits!, folder, typed, tell);
    expect(text).toContain(
      "expA: verdicts by the NSE of discharge_cms on test in 2 splits, each site alone\n",
    );
    expect(text).toMatch(/\nfactor 1, fixed in advance +\d \/ \d \/ \d +\d \/ \d \/ \d +\d +\d\n/);
    expect(text).toMatch(/\nthe same, tested over days +\d \/ \d \/ \d +\d \/ \d \/ \d +\d +\d\n/);
    expect(text).toContain("\nRefused: factor chosen on validation (all splits): 3 pairs of seeds cannot");
    expect(text).toContain("More: expA/splits.md");
    const none = await splitsAnswer(experiment, experiment.splits!, newFolder(), typed, tell);
    expect(none).toBe("the answer of expA/split_1\n\nthe answer of expA/split_late");
  });

  test("has nothing to do again, and a further split runs alone", async () => {
    const rules = workflow.rules(await resolved(data, { splits }));
    expect(dryRun({ rules, folder, targets: all }).counts.size).toBe(0);
    const more = { splits: [...splits, { name: "third", validation: "2016-11-01..2017-03-31" }] };
    const jobs = await jobsOf(folder, more);
    expect(Object.keys(jobs).filter((rule) => !rule.endsWith(".third") && rule !== "all")).toEqual([]);
    expect(jobs["train_model.third"]).toBe(24);
  });

  test("predicts a period with the models of each", async () => {
    const changes = { splits, predict: { period: "2018-09-01..2018-09-30" } };
    expect((await runIn(folder, data, changes, ["predict"])).summary).toMatchObject({
      outcome: "done",
      failed: [],
    });
    for (const split of ["1", "late"])
      expect(existsSync(at(`split_${split}/predict/2018-09-01_2018-09-30/overall_metrics.csv`))).toBe(true);
    const experiment = await resolved(data, changes);
    const typed = { shown: (path: string) => path, run: "pnpm exp:a" };
    const text = await splitsAnswer(experiment, experiment.splits!, folder, typed, async () => "");
    expect(text).toMatch(
      /^Predictions: expA\/split_1\/predict[\s\S]*\n\nPredictions: expA\/split_late\/predict[\s\S]*\n\nexpA: verdicts by/,
    );
  });

  test("shares the prepared sites of each split with its variants", async () => {
    const variants = { lr001: { "training.learningRate": 0.001 } };
    const jobs = await jobsOf(folder, { splits, variants }, "expA@lr001");
    expect(jobs["prep_io_data.late"]).toBeUndefined();
    expect(jobs["train_model.late"]).toBe(24);
  });
});

test("models of several sites have splits too", async () => {
  const folder = newFolder();
  const shared = { trainOn: "all", seeds: [0], factors: [1], splits };
  expect((await runIn(folder, data, shared)).summary).toMatchObject({ outcome: "done", failed: [] });
  expect(existsSync(join(folder, "expA/split_late/unit_all/factor_1/rand_seed_0/test_metrics.csv"))).toBe(
    true,
  );
});

test("without splits an experiment has the paths and rules that it had", async () => {
  const plain = await resolved(data);
  expect(plain).not.toHaveProperty("splits");
  const names = Object.keys(workflow.rules(plain));
  expect(names.filter((name) => name.includes(".") || name.includes("split"))).toEqual([]);
});

describe("verdicts over splits", () => {
  const line = (test: string, site_id: string, verdict: string): Row => ({ test, site_id, verdict });
  const partitions = (from: string, to: string) => ({ test: [{ from, to }] });
  const two = [
    {
      name: "1",
      partitions: partitions("2001-10-01", "2002-09-30"),
      tests: [line("naive_factor", "a", "better"), line("naive_factor", "b", "worse")],
    },
    {
      name: "2",
      partitions: partitions("2002-10-01", "2003-09-30"),
      tests: [
        line("naive_factor", "a", "better"),
        line("naive_factor", "b", "no difference"),
        line("naive_factor", "c", "better"),
      ],
    },
  ];

  test("count a site for all splits only if every split has the verdict", () => {
    expect(splitRows(two).find(({ split, test }) => split === "2" && test === "naive_factor")).toEqual({
      ...{ split: "2", test: "naive_factor", sites: 3, better: 2, no_difference: 1, worse: 0, refused: 0 },
      reason: null,
    });
    const bySite = splitSiteRows(two).filter(({ test }) => test === "naive_factor");
    expect(
      bySite.map(({ site_id, splits, better, verdicts }) => [site_id, splits, better, verdicts]),
    ).toEqual([
      ["a", 2, 2, "better; better"],
      ["b", 2, 0, "worse; no difference"],
      ["c", 1, 1, "; better"],
    ]);
    expect(verdictCells(two, 1).at(-1)).toEqual([
      "factor 1, fixed in advance",
      "1 / 0 / 1",
      "2 / 1 / 0",
      "1",
      "0",
    ]);
  });

  test("say why a test is refused, and do not count a verdict that it cannot give", () => {
    const refused = (reason: string): Row => ({ ...line("chosen_factor", "a", "refused"), refused: reason });
    const some = two.map((split, i) => ({
      ...split,
      tests: [
        line("any_better", "a", "better"),
        line("any_worse", "a", "no difference"),
        i === 0 ? refused("too few seeds") : line("chosen_factor", "a", "better"),
      ],
    }));
    const cells = verdictCells(some, 1);
    expect(cells.find(([test]) => test === "any factor better")).toEqual([
      ...["any factor better", "1 / 0 / -", "1 / 0 / -", "1", "-"],
    ]);
    expect(cells.find(([test]) => test === "any factor worse")).toEqual([
      ...["any factor worse", "- / 1 / 0", "- / 1 / 0", "-", "0"],
    ]);
    expect(cells.find(([test]) => test === "factor chosen on validation")).toEqual([
      ...["factor chosen on validation", "refused", "1 / 0 / 0", "-", "-"],
    ]);
    expect(splitRefusals(some, 1)).toEqual(["Refused: factor chosen on validation (split 1): too few seeds"]);
  });

  test("say which judged days they share", () => {
    expect(sharedDays(two, "test")).toBeNull();
    const overlapping = [two[0]!, { ...two[1]!, partitions: partitions("2002-09-29", "2003-09-30") }];
    expect(sharedDays(overlapping, "test")).toContain(
      "2 days of test (2002-09-29 to 2002-09-30) are in several splits",
    );
  });
});

test("a partition may have days in the splits alone", async () => {
  const { train, validation } = usual;
  const experiment = await resolved(data, { partitions: { train, validation }, splits });
  expect(experiment.splits!.map(({ prepare }) => prepare.partitions.test)).toEqual([
    [{ from: "2018-01-01", to: "2018-09-30" }],
    [{ from: "2017-10-01", to: "2018-09-30" }],
  ]);
  await expect(
    resolved(data, { partitions: { train, validation }, splits: [splits[1], {}] }),
  ).rejects.toThrow('Cannot use split "2": Cannot evaluate partition "test": it has no dates');
});

describe("splits that make no sense are refused", () => {
  test.each<[Changes, string]>([
    [{ splits: [{ name: "a", ...late }, { name: "a" }] }, 'Cannot use split "a": two splits have this name'],
    [{ splits: [late, { name: "1" }] }, 'Cannot use split "1": two splits have this name'],
    [
      { splits: [late, { name: "again", ...late }] },
      'Cannot use split "again": it has the same days as split "1"',
    ],
    [
      { splits: [late, { test: "2016-01-01..2016-12-31" }] },
      'Cannot use split "2": Cannot use partitions: "train" and "test" overlap',
    ],
    [{ splits: [late, { test: "2016" }] }, 'Cannot use split "2": Cannot read date range "2016"'],
    [
      {
        partitions: { train: usual.train, test: usual.test },
        evaluate: ["test"],
        training: { ...entry.training, select: "best" },
        splits: [late, {}],
      },
      "the experiment has no validation days",
    ],
  ])("%j", async (changes, message) => {
    await expect(resolved(data, changes)).rejects.toThrow(message);
  });

  test("as is a list of one, or a name that cannot be a folder", async () => {
    const parse = (given: unknown) =>
      Config.safeParse({ data, experiments: { expA: { ...entry, splits: given } } }).error?.issues[0]
        ?.message;
    expect(parse([late])).toMatch(/>=2/);
    expect(parse([late, { name: "../a" }])).toBe("a name of letters, digits and _, since it names a folder");
  });
});
