import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { compareIn } from "../compare-experiments.ts";
import { readTable } from "../statistics/tables.ts";
import { newFolder } from "../testing/made-up-data.ts";
import { readExperiment } from "./experiments.ts";
import { pairsOf } from "./pairs.ts";
import { paperCounts } from "./paper.ts";

interface Made {
  readonly primary?: string;
  readonly trainOn?: string;
  readonly attributes?: readonly string[];
  readonly test?: string;
  readonly synthetic?: boolean;
  /** By site: NSE at factor 0 and the gain of the site's factor; null if there is none. */
  readonly sites?: Readonly<Record<string, readonly [number | null, number | null]>>;
  /** The test that gives the factor. */
  readonly chosenBy?: string;
}

/** Writes what the statistics of an experiment leave. */
function finish(folder: string, name: string, made: Made = {}): void {
  const {
    primary = "discharge_cms",
    trainOn,
    attributes = [],
    test = "2003-10-01",
    synthetic = false,
  } = made;
  const { sites = { "01": [0.5, 0.1], "02": [0.7, -0.2] }, chosenBy = "chosen_factor" } = made;
  mkdirSync(join(folder, name, "statistics"), { recursive: true });
  const write = (file: string, text: string) => writeFileSync(join(folder, name, "statistics", file), text);
  write(
    "experiment.json",
    JSON.stringify({
      ...{ synthetic, seeds: [0, 1], discharge: ["discharge_cms"], statistics: { naiveFactor: 1 } },
      prepare: {
        variables: [primary],
        drivers: ["rain"],
        partitions: { test: [{ from: test, to: "2005-09-30" }] },
      },
      ...(trainOn === undefined
        ? {}
        : { units: { trainOn, attributes: attributes.map((attribute) => ({ name: attribute })) } }),
    }),
  );
  const ends = ",,,,,";
  write(
    "counts.csv",
    `test,adjustment,sites,better,no_difference,worse,refused,better_low,better_high,no_difference_low,no_difference_high,worse_low,worse_high\nnaive_best,none,2,1,1,0,0,${ends}\nnaive_best,benjamini_hochberg,2,0,2,0,0,${ends}\nnaive_factor,none,2,0,1,1,0,${ends}\n`,
  );
  const rows = Object.entries(sites);
  write(
    "factors.csv",
    `site_id,factor,partition,nse_median\n${rows.map(([site, [nse]]) => `${site},0,test,${nse ?? ""}\n${site},5,test,0.9\n`).join("")}`,
  );
  write(
    "tests.csv",
    `test,site_id,factor,median_difference,verdict\n${rows
      .map(([site, [, gain]]) => `${chosenBy},${site},${gain === null ? "" : 5},${gain ?? ""},better\n`)
      .join("")}`,
  );
}

describe("experiments side by side", () => {
  test("have their counts beside the paper's, and the gain at each site, in tables, a text and a page", async () => {
    const folder = newFolder();
    finish(folder, "expA", { synthetic: true });
    finish(folder, "expB", {
      trainOn: "all",
      attributes: ["elevation_m"],
      sites: { "01": [0.6, 0.3], "03": [0.1, 0.2] },
    });
    const out = join(folder, "side by side");
    const text = await compareIn(folder, [], out);
    expect(text).toBe(readFileSync(join(out, "comparison.txt"), "utf8"));
    expect(text).toMatch(/^SYNTHETIC data/);
    expect(text).toContain("expA: discharge_cms, a model per site; 2 sites, judged on test");
    expect(text).toMatch(
      /best factor on its own scores \(biased\) +1 \/ 0 +1 \/ 2 +0 \/ 0 +56 \/ 43 \/ 2 of 101/,
    );
    expect(text).toMatch(/factor 1, fixed in advance +0 +1 +1 +- \/ - \/ 3 of 101/);
    expect(text).toContain("expB: discharge_cms, one model of all sites, attributes elevation_m;");
    expect(text).toContain("17 / - / - of 101");

    const counts = await readTable(join(out, "counts.csv"));
    expect(counts[0]).toMatchObject({
      experiment: "expA",
      better: "1",
      paper_better: "56",
      paper_worse: "2",
    });
    expect(counts.at(-1)).toMatchObject({
      experiment: "expB",
      train_on: "all",
      test: "naive_factor",
      paper_worse: "",
    });
    const gains = await readTable(join(out, "gains.csv"));
    expect(gains.map(({ site_id, expA_gain, expB_gain }) => [site_id, expA_gain, expB_gain])).toEqual([
      ["01", "0.1", "0.3"],
      ["02", "-0.2", ""],
      ["03", "", "0.2"],
    ]);
    const page = readFileSync(join(out, "index.html"), "utf8");
    expect(page).toContain("<title>01: 0.300 at factor 5, better</title>");
    expect(page.match(/<circle /g)).toHaveLength(4);
    expect(page).toContain("56 / 43 / 2 of 101");
  });

  test("take the factor that is best on its own scores where none is chosen", async () => {
    const folder = newFolder();
    finish(folder, "expA", { chosenBy: "naive_best" });
    const { sites } = await readExperiment(folder, "expA");
    expect(sites.get("01")).toEqual({ single: 0.5, factor: "5", gain: 0.1, verdict: "better" });
  });

  test("are named, finished, and each once", async () => {
    const folder = newFolder();
    await expect(compareIn(folder, [], folder)).rejects.toThrow("none has statistics yet");
    finish(folder, "expA");
    await expect(compareIn(folder, ["expA", "expB"], folder)).rejects.toThrow(
      /Cannot compare experiment "expB": it has no "expB\/statistics\/counts.csv"[\s\S]*pnpm exp:b statistics/,
    );
    await expect(compareIn(folder, ["mine"], folder)).rejects.toThrow(
      "pnpm exp:a --experiment mine statistics",
    );
    await expect(compareIn(folder, ["expA", "expA"], folder)).rejects.toThrow(
      'Cannot compare experiment "expA": it is named twice',
    );
  });
});

test("the command prints the text, and ends with 2 where it cannot", () => {
  const folder = newFolder();
  finish(folder, "expA");
  const main = fileURLToPath(new URL("../compare-experiments.ts", import.meta.url));
  const start = (...words: string[]) => spawnSync(process.execPath, [main, ...words], { encoding: "utf8" });
  const { status, stdout } = start("expA", "--directory", folder);
  expect(status).toBe(0);
  expect(stdout).toContain(`Tables and page: ${join(folder, "comparison")}\n`);
  expect(start("--help").stdout).toMatch(/^Usage: pnpm exp:compare/);
  expect(start("expB", "--directory", folder)).toMatchObject({ status: 2 });
  expect(start("--folder", folder)).toMatchObject({ status: 2 });
});

describe("two experiments", () => {
  const pairOf = async (first: Made, second: Made) => {
    const folder = newFolder();
    finish(folder, "a", first);
    finish(folder, "b", second);
    return pairsOf([await readExperiment(folder, "a"), await readExperiment(folder, "b")])[0]!;
  };

  test("of equal inputs and sites are paired by seed", async () => {
    const { unpaired, numbers } = await pairOf({}, { sites: { "01": [0.7, 0.3], "02": [0.9, -0.3] } });
    expect(unpaired).toBe("");
    expect(numbers!.sites).toBe(2);
    expect(numbers!.single[0]).toBeCloseTo(0.6, 12);
    expect(numbers!.single[1]).toBeCloseTo(0.8, 12);
    expect(numbers!.larger).toBe(1);
  });

  test("of other inputs are unpaired, and say which", async () => {
    const { unpaired } = await pairOf({}, { trainOn: "all", attributes: ["elevation_m", "latitude"] });
    expect(unpaired).toBe(
      "unpaired: their inputs differ (b also has elevation_m, latitude), so models of one seed do not start from the same weights",
    );
  });

  test("of other training sites are unpaired too", async () => {
    const { unpaired } = await pairOf({}, { trainOn: "all" });
    expect(unpaired).toContain("learn from other sites");
  });

  test("of other primaries or days are not compared", async () => {
    const warm = await pairOf({}, { primary: "temp_c" });
    expect(warm).toMatchObject({ numbers: null });
    expect(warm.unpaired).toContain("a predicts discharge_cms and b temp_c");
    const later = await pairOf({}, { test: "2004-10-01" });
    expect(later).toMatchObject({ numbers: null });
    expect(later.unpaired).toContain("judged on other days");
  });

  test("count the sites that have scores in both", async () => {
    const { numbers } = await pairOf({}, { sites: { "02": [0.9, null], "01": [0.1, 0.1] } });
    expect(numbers).toMatchObject({ sites: 1, larger: 0 });
    expect((await pairOf({}, { sites: { "09": [0.9, 0.1] } })).numbers).toBeNull();
  });
});

test("the paper's numbers are of its questions, and there are none for others", () => {
  const flow = { isFlow: true, primary: "discharge_cms", trainOn: undefined };
  const warm = { isFlow: false, primary: "temp_c", trainOn: undefined };
  expect(paperCounts(warm, "naive_factor")).toEqual({ better: null, same: null, worse: 47, sites: 53 });
  expect(paperCounts(warm, "naive_best")).toBeNull();
  expect(paperCounts({ ...warm, trainOn: "all" }, "naive_factor")).toBeNull();
  expect(paperCounts({ ...flow, trainOn: "region" }, "naive_best")).toBeNull();
  expect(paperCounts({ ...flow, primary: "nitrate_mg_l", isFlow: false }, "naive_factor")).toBeNull();
});
