import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { type CaveatFacts, caveats, paperFound } from "./caveats.ts";
import { readRegulated } from "./regulated.ts";

const facts: CaveatFacts = {
  synthetic: false,
  primary: "discharge_cms",
  sites: 82,
  seeds: 30,
  trainDays: 638,
  judged: "test",
  judgedDays: 183,
  belowZero: 21,
  overDays: { better: 9, worse: 7 },
  luckCounted: true,
  intervals: true,
  regulated: { column: "dammed", sites: 17 },
  unscored: [],
  own: ["Drivers are of one pixel."],
};

const told = (changes: Partial<CaveatFacts> = {}) =>
  Object.fromEntries(caveats({ ...facts, ...changes }).map(([name, text]) => [name, text]));

describe("the caveats of a result", () => {
  test("count what was learnt from, and where models are worse than a mean", () => {
    expect(told()["The record"]).toContain("from 638 days. At 21 of 82 sites");
    expect(told({ belowZero: null })["The record"]).toBe("the models learnt from 638 days.");
  });

  test("hold it against the paper, unless it is as large", () => {
    expect(told()["A demonstration, not a replication"]).toContain("82 sites and 1.7 years");
    expect(told({ sites: 101, trainDays: 9_131 })).not.toHaveProperty("A demonstration, not a replication");
    expect(told({ sites: 3, trainDays: 9_131 })["A demonstration, not a replication"]).toContain(
      "3 sites and 25 years",
    );
  });

  test("say that seeds are no years, with what the test over days found where it was made", () => {
    expect(told()["Seeds are not years"]).toContain("within 183 days of test; it finds 9 better and 7 worse");
    expect(told({ overDays: null })["Seeds are not years"]).not.toContain("finds");
  });

  test("count regulated rivers, or say that nobody says", () => {
    expect(told()["Regulated rivers"]).toContain("17 of 82 sites, by the column dammed of sites.csv");
    expect(told({ regulated: null })["Regulated rivers"]).toContain("does not say where flow is regulated");
  });

  test("repeat what the config says of the data", () => {
    expect(told()["The data"]).toBe("Drivers are of one pixel.");
  });

  test("say of made-up stations that they are made up, and nothing of rivers", () => {
    const made = told({ synthetic: true });
    expect(Object.keys(made)[0]).toBe("Synthetic data");
    expect(made).not.toHaveProperty("Regulated rivers");
    expect(made).not.toHaveProperty("A demonstration, not a replication");
    expect(told()).not.toHaveProperty("Synthetic data");
  });

  test("speak of a test, and of intervals, only where they were made", () => {
    expect(told()).toHaveProperty("Luck counted as gain");
    expect(told()).toHaveProperty("Neighbours");
    expect(told({ luckCounted: false })).not.toHaveProperty("Luck counted as gain");
    expect(told({ intervals: false })).not.toHaveProperty("Neighbours");
  });

  test("name the advice against models of one basin", () => {
    expect(told()["One site, one model"]).toContain("Kratzert et al. (2024) advise never to train");
  });
});

test("what the paper found is told with the primary, where it is another", () => {
  const flow = paperFound("q_mm_d", { isFlow: true, shared: false });
  expect(flow).toContain("better at 56, not significantly different at 43");
  expect(flow).not.toContain("Here the primary is");
  expect(paperFound("temp_c", { isFlow: false, shared: false })).toMatch(/Here the primary is temp_c\.$/);
  expect(paperFound("q_mm_d", { isFlow: true, shared: true })).toContain("better at 17 only");
});

describe("regulated sites", () => {
  const list = (text: string) => {
    const file = join(newFolder(), "sites.csv");
    writeFileSync(file, text);
    return file;
  };
  const sites = ["01", "02"];

  test("are counted among those asked for, in a column of yes and no that is named so", async () => {
    const file = list("site_id,regulation_note,is_regulated\n01,dam,True\n02,none,False\n03,dam,yes\n");
    expect(await readRegulated(file, sites)).toEqual({ column: "is_regulated", sites: 1 });
  });

  test("are not known without a list or without such a column", async () => {
    expect(await readRegulated(null, sites)).toBeNull();
    expect(await readRegulated(list("site_id,regulated\n01,partly\n02,no\n"), sites)).toBeNull();
    expect(await readRegulated(list("site_id\n01\n02\n"), sites)).toBeNull();
  });
});
