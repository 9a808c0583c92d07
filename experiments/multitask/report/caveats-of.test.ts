/** The facts behind the caveats of the page: each from the scores, the tests and the settings that it names. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Verdicts } from "braid-pages/report";
import { afterEach, beforeEach, expect, test } from "vitest";
import { caveatsOf, type ShownResults } from "./caveats-of.ts";
import type { Settings } from "./making.ts";
import type { MetricsCubes } from "./metrics-cubes.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-caveats-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

const sites = ["a", "b", "c"];

/** NSE by site, factor (0 and 1) and seed (three of them). Site c has none. */
const nse = [-1, -2, 0.5, 0.9, 0.9, 0.9, 0.2, -3, 0.3, -1, -1, -1, ...Array<number>(6).fill(Number.NaN)];

function cubes(scores = nse, partition = "test"): MetricsCubes {
  return {
    scores: ["nse"],
    models: 18,
    backends: ["reference"],
    of: (asked, variable, score) =>
      Float32Array.from(
        asked === partition && variable === "discharge_cms" && score === "nse"
          ? scores
          : scores.map(() => Number.NaN),
      ),
    observed: (site, asked) => (asked === partition && site !== "c" ? 365 : 0),
  };
}

const settings = {
  synthetic: false,
  factors: [0, 1],
  seeds: [0, 1, 2],
  evaluate: ["train", "validation", "test"],
  prepare: {
    variables: ["discharge_cms", "temp_c"],
    partitions: {
      train: [{ from: "2000-10-01", to: "2001-09-30" }],
      validation: [{ from: "2001-10-01", to: "2001-12-31" }],
      test: [{ from: "2002-01-01", to: "2002-01-10" }],
    },
  },
  caveats: ["The gauge at b moved in 1990."],
} as unknown as Settings;

const counts = (test: string, refused: number, low: number | null = null) => ({
  test,
  refused,
  better: { sites: 2, low, high: low },
  worse: { sites: 1, low, high: low },
});

function shown(changes: Partial<ShownResults> = {}, set: Record<string, unknown> = {}): ShownResults {
  return {
    settings: { ...settings, ...set } as Settings,
    sites,
    siteList: null,
    cubes: cubes(),
    verdicts: null,
    ...changes,
  };
}

const verdicts = (...list: ReturnType<typeof counts>[]) => ({ counts: list }) as unknown as Verdicts;

async function textOf(results: ShownResults): Promise<string> {
  return (await caveatsOf(results)).map(([name, text]) => `${name}: ${text}`).join("\n");
}

test("the record: days of training, and sites whose median NSE at factor 0 is below 0", async () => {
  const text = await textOf(shown());
  expect(text).toContain("The record: the models learnt from 365 days. At 1 of 2 sites the median");
  expect(text).toContain("3 models of one record");
});

test("a median of exactly 0 is not below 0, and seeds without a score do not count", async () => {
  const zero = [0, 0, 0, 1, 1, 1, -1, Number.NaN, 0.5, 1, 1, 1, ...Array<number>(6).fill(1)];
  expect(await textOf(shown({ cubes: cubes(zero) }))).toContain("At 1 of 3 sites");
});

test("without factor 0 nothing is said of scores below 0", async () => {
  expect(await textOf(shown({}, { factors: [1, 2] }))).not.toContain("below 0");
});

test("factor 0 is found wherever it stands", async () => {
  // At factor 0, which is second here, only site b is below 0.
  expect(await textOf(shown({}, { factors: [1, 0] }))).toContain("At 1 of 2 sites");
  const onlyFirst = [-1, -1, -1, 1, 1, 1, -1, -1, -1, 1, 1, 1, ...Array<number>(6).fill(Number.NaN)];
  expect(await textOf(shown({ cubes: cubes(onlyFirst) }, { factors: [1, 0] }))).toContain("At 0 of 2 sites");
});

test("sites without a score are named with their reason; one score is enough to count", async () => {
  const text = await textOf(shown());
  expect(text).toContain(
    "1 site has no NSE of discharge_cms on test, and no count includes them: c (nothing was observed in test).",
  );
  const one = [...nse.slice(0, 17), 0.5];
  expect(await textOf(shown({ cubes: cubes(one) }))).not.toContain("Sites without a score");
});

test("what is judged: test, else validation, else the first partition", async () => {
  const judged = async (evaluate: string[]) =>
    textOf(
      shown({ cubes: cubes(nse, "none"), verdicts: verdicts(counts("chosen_factor_days", 0)) }, { evaluate }),
    );
  expect(await judged(["train", "validation", "test"])).toContain("within 10 days of test");
  expect(await judged(["train", "validation"])).toContain("within 92 days of validation");
  expect(await judged(["train"])).toContain("within 365 days of train");
});

test("the test over days is quoted where some site has it", async () => {
  const made = verdicts(counts("naive_best", 3), counts("chosen_factor_days", 2));
  expect(await textOf(shown({ verdicts: made }))).toContain("it finds 2 better and 1 worse.");
  const refused = verdicts(counts("chosen_factor_days", 3));
  expect(await textOf(shown({ verdicts: refused }))).not.toContain("The test over days");
  expect(await textOf(shown())).not.toContain("The test over days");
});

test("luck counted as gain and neighbours are caveats only where such counts are shown", async () => {
  const names = async (list: Verdicts | null) =>
    (await caveatsOf(shown({ verdicts: list }))).map(([name]) => name);
  expect(await names(verdicts(counts("naive_best", 2)))).toContain("Luck counted as gain");
  expect(await names(verdicts(counts("naive_best", 3)))).not.toContain("Luck counted as gain");
  expect(await names(verdicts(counts("other", 0)))).not.toContain("Luck counted as gain");
  expect(await names(verdicts(counts("other", 0), counts("other", 0, 1)))).toContain("Neighbours");
  expect(await names(verdicts(counts("other", 0)))).not.toContain("Neighbours");
});

test("the list of sites, the config's own words and units that share models are passed on", async () => {
  const siteList = join(folder, "sites.csv");
  writeFileSync(siteList, "site_id,regulated\na,yes\nb,no\nelsewhere,yes\n");
  const text = await textOf(shown({ siteList }, { units: { trainOn: "all" } }));
  expect(text).toContain("Regulated rivers: 1 of 2 sites, by the column regulated of sites.csv.");
  expect(text).toContain("The data: The gauge at b moved in 1990.");
  expect(text).toContain("Sites share models: ");
  expect(await textOf(shown())).toContain("One site, one model: ");
});

test("synthetic data are called so", async () => {
  expect(await textOf(shown({}, { synthetic: true }))).toContain("Synthetic data: the stations");
  expect(await textOf(shown())).not.toContain("Synthetic data");
});
