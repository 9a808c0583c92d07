import { expect, test } from "vitest";
import { jobTable } from "./grid.ts";

const shape = {
  train: {
    pattern: "m/site_{site}/factor_{factor}/{seed}.csv",
    jobs: 12,
    values: { site: ["01", "02", "03"], factor: ["0", "10"], seed: ["a", "b"] },
  },
  prepare: { pattern: "p/{site}.csv", jobs: 3, values: { site: ["01", "02", "03"] } },
};

function planned() {
  const jobs = jobTable();
  jobs.plan(shape);
  return jobs;
}

test("a cell counts the jobs of all the other wildcards, by what became of them", () => {
  const jobs = planned();
  jobs.set("train", "m/site_02/factor_10/a.csv", "running");
  jobs.set("train", "m/site_02/factor_10/a.csv", "made");
  jobs.set("train", "m/site_02/factor_10/b.csv", "failed");
  jobs.set("train", "m/site_03/factor_0/b.csv", "running");
  expect(jobs.grid("train", "site", "factor")).toEqual({
    rule: "train",
    x: "site",
    y: "factor",
    xs: ["01", "02", "03"],
    ys: ["0", "10"],
    perCell: 2,
    counts: {
      before: [0, 0, 0, 0, 0, 0],
      made: [0, 0, 0, 0, 1, 0],
      running: [0, 0, 1, 0, 0, 0],
      failed: [0, 0, 0, 0, 1, 0],
    },
  });
});

test("any two wildcards make a grid, and one makes a row", () => {
  const jobs = planned();
  jobs.set("train", "m/site_02/factor_10/b.csv", "made");
  expect(jobs.grid("train", "seed", "factor")).toMatchObject({ perCell: 3, counts: { made: [0, 0, 0, 1] } });
  jobs.set("prepare", "p/03.csv", "made");
  expect(jobs.grid("prepare", "site", "")).toMatchObject({
    ys: [""],
    perCell: 1,
    counts: { made: [0, 0, 1] },
  });
  expect(jobs.grid("prepare", "seed", "")).toBeNull();
  expect(jobs.grid("other", "site", "")).toBeNull();
});

test("with the next run what was made counts as made before, and failures are forgotten", () => {
  const jobs = planned();
  jobs.set("prepare", "p/01.csv", "made");
  jobs.set("prepare", "p/02.csv", "failed");
  jobs.set("prepare", "p/03.csv", "running");
  jobs.plan(shape);
  expect(jobs.grid("prepare", "site", "")!.counts).toEqual({
    before: [1, 0, 0],
    made: [0, 0, 0],
    running: [0, 0, 0],
    failed: [0, 0, 0],
  });
});

test("the rule with most jobs is offered first, until another is seen to take longer", () => {
  const jobs = planned();
  expect(jobs.rules()).toEqual([
    { rule: "train", wildcards: ["site", "factor", "seed"] },
    { rule: "prepare", wildcards: ["site"] },
  ]);
  jobs.took("train", 1);
  jobs.took("prepare", 2);
  expect(jobs.rules().map(({ rule }) => rule)).toEqual(["prepare", "train"]);
});

test("a grid that is looked at again has followed every job since, and equals one that is counted anew", () => {
  const site = ["01", "02", "03"];
  const shape = { pattern: "m/{site}/{seed}.csv", jobs: 6, values: { site, seed: ["0", "1"] } };
  const [watched, fresh] = [jobTable(), jobTable()];
  for (const table of [watched, fresh]) table.plan({ train: shape });
  watched.grid("train", "site", "seed");
  for (const table of [watched, fresh]) {
    table.set("train", "m/01/0.csv", "running");
    table.set("train", "m/01/1.csv", "running");
    table.set("train", "m/01/0.csv", "made");
    table.set("train", "m/01/0.csv", "made");
    table.set("train", "m/02/1.csv", "failed");
    table.set("train", "m/09/1.csv", "made");
    table.unset("train", "m/01/1.csv");
    table.unset("train", "m/03/1.csv");
  }
  const same = () =>
    expect(watched.grid("train", "site", "seed")).toEqual(fresh.grid("train", "site", "seed"));
  same();
  expect(watched.grid("train", "site", "seed")!.counts.made).toEqual([1, 0, 0, 0, 0, 0]);
  for (const table of [watched, fresh]) {
    table.set("train", "m/03/0.csv", "running");
    table.settle();
  }
  same();
  for (const table of [watched, fresh]) table.plan({ train: shape });
  same();
  expect(watched.grid("train", "site", "seed")!.counts.before).toEqual([1, 0, 0, 0, 0, 0]);
});
