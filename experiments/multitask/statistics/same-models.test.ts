import { describe, expect, test } from "vitest";
import { comparisonOf } from "./compare.ts";
import { sameModels } from "./same-models.ts";
import type { ScoreTable } from "./scores.ts";

const comparison = comparisonOf({
  factors: [0, 1, 5],
  seeds: [0, 1],
  sites: ["01", "02", "03"],
  evaluate: ["validation", "test"],
});

/** Scores by site; sites named in `learning` learnt an auxiliary. */
function table(learning: readonly string[], score: (site: string, factor: number) => number): ScoreTable {
  return {
    of: (site, _partition, seed, factor) => score(site, factor) + Number(seed),
    observed: () => 100,
    learnsMore: (site, factor) => factor > 0 && learning.includes(site),
    backends: ["wasm"],
    models: 1,
  };
}

const byFactor = (_: string, factor: number) => factor;

describe("models of factor 0 under another name", () => {
  test("are those of a site whose auxiliary was not observed in train, whatever rounding made of the scores", () => {
    const same = sameModels(table(["02"], byFactor), comparison);
    const reason = "same model: no auxiliary was observed in train, so the factor changes nothing";
    expect([...same("01")]).toEqual([
      [1, reason],
      [2, reason],
    ]);
    expect([...same("02")]).toEqual([]);
  });

  test("are those whose scores are all equal, factor by factor", () => {
    const same = sameModels(
      table(["01"], (_, factor) => (factor === 5 ? 0.1 : 0)),
      comparison,
    );
    expect([...same("01")]).toEqual([[1, "same model: every score equals that of factor 0"]]);
  });

  test("are judged by the training unit: a site may lack what others of its unit taught", () => {
    const members = { east: ["01", "02"], west: ["03"] };
    const same = sameModels(table(["02"], byFactor), comparison, members);
    expect([same("01").size, same("02").size, same("03").size]).toEqual([0, 0, 2]);
    // A dry river scores the same with every model; its unit does not.
    const dry = table(["01", "02"], (site, factor) => (site === "01" ? 0 : factor));
    expect(sameModels(dry, comparison, members)("01").size).toBe(0);
    const none = sameModels(table([], byFactor), comparison, members)("01");
    expect(none.get(1)).toContain("observed in train at any site of its unit");
  });
});
