import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { newFolder } from "../testing/made-up-data.ts";
import { compare, comparisonOf, siteScores } from "./compare.ts";
import { readScores } from "./scores.ts";

const spec = {
  level: 0.05,
  minimumEffect: 0.01,
  permutations: 199,
  resamples: 100,
  blockDays: 30,
  naiveFactor: 1,
  seed: 1,
};

const experiment = {
  factors: [0, 1],
  seeds: [0, 1, 2],
  sites: ["01", "02"],
  evaluate: ["validation", "test"],
};

describe("what can be compared", () => {
  test("is judged on test where it is scored, else on validation", () => {
    expect(comparisonOf(experiment)).toMatchObject({ factors: [1], judged: "test", both: true });
    expect(comparisonOf({ ...experiment, evaluate: ["validation"] })).toMatchObject({
      judged: "validation",
      both: false,
    });
  });

  test.each([
    [{ factors: [1, 5] }, 'Cannot compare factors "1, 5": the comparison is with factor 0'],
    [{ factors: [0] }, 'Cannot compare factors "0": the comparison is with factor 0 and needs another one'],
    [{ evaluate: ["train"] }, 'Cannot compare on partition "train": it is what the models learnt from'],
  ])("%j is refused", (changes, message) => {
    expect(() => comparisonOf({ ...experiment, ...changes })).toThrow(message);
  });
});

/** A metrics file of two sites, factors 0 and 1, seeds 0 to 2 on test; the scores a function gives. */
function metrics(nse: (site: string, factor: number, seed: number) => number | string): string {
  const file = join(newFolder(), "metrics.csv");
  let text = "site_id,factor,seed,partition,variable,backend,nse\n";
  for (const site of ["01", "02"])
    for (const factor of [0, 1])
      for (const seed of [0, 1, 2])
        text += `${site},${factor},${seed},test,flow,wasm,${nse(site, factor, seed)}\n${site},${factor},${seed},test,temp,wasm,9\n`;
  writeFileSync(file, text);
  return file;
}

describe("scores of a site", () => {
  test("are those of the primary, paired by seed", async () => {
    const table = await readScores(
      metrics((site, factor, seed) => Number(site) + factor / 10 + seed / 100),
      "flow",
      "nse",
    );
    expect(siteScores(table, "02", comparisonOf(experiment))).toEqual({
      validation: [],
      test: [0, 1, 2].map((seed) => ({ seed, scores: [2 + seed / 100, 2 + 1 / 10 + seed / 100] })),
    });
    expect([table.models, table.backends]).toEqual([12, ["wasm"]]);
  });

  test("leave out a seed whose score is missing at one factor", async () => {
    const table = await readScores(
      metrics((_, factor, seed) => (factor === 1 && seed === 1 ? "" : 0.5)),
      "flow",
      "nse",
    );
    expect(siteScores(table, "01", comparisonOf(experiment)).test.map(({ seed }) => seed)).toEqual([0, 2]);
  });

  test("of a variable or a column that is not there are an error", async () => {
    const file = metrics(() => 1);
    await expect(readScores(file, "salt", "nse")).rejects.toThrow('it has no line of "salt"');
    await expect(readScores(file, "flow", "kge")).rejects.toThrow('it has no column "kge"');
  });
});

test("what a site gets does not depend on which others are there", () => {
  const seeds = Array.from({ length: 20 }, (_, seed) => seed);
  const scoresOf = (site: string) => {
    const rows = seeds.map((seed) => ({
      seed,
      scores: [0, 1, 5].map((k) => Math.sin(seed * 7 + k * 3 + Number(site)) + k * 0.2),
    }));
    return { validation: rows, test: rows };
  };
  const run = (sites: string[]) =>
    compare(scoresOf, comparisonOf({ ...experiment, factors: [0, 1, 5], seeds, sites }), spec).map(
      ({ bySite }) => bySite.get("02")!.outcome,
    );
  expect(run(["01", "02"])).toEqual(run(["02", "03", "04"]));
});
