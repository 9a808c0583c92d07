/** For tests: a report of three sites, two variables and three factors, judged on test. */
import type { Report, SiteResult } from "../report/report.ts";

export const result = (
  factor: number | null,
  [low, gain, high]: readonly (number | null)[],
  verdict: string,
  refused = "",
): SiteResult => ({
  ...{ factor, refused, low: low ?? null, gain: gain ?? null, high: high ?? null },
  verdicts: { none: verdict, benjamini_hochberg: verdict, holm: "refused" },
});

const count = (sites: number, low: number | null = null, high: number | null = null) => ({
  sites,
  low,
  high,
});

const chosen = { test: "chosen_factor", title: "factor chosen on validation", note: "It is honest." };

export const exampleReport: Report = {
  ...{
    experiment: "expA",
    synthetic: false,
    primary: "discharge_cms",
    variables: ["discharge_cms", "temp_c"],
  },
  units: { discharge_cms: "m3 s-1", temp_c: "degree_Celsius" },
  ...{ partitions: ["validation", "test"], scores: ["rmse", "nse"], factors: [0, 1, 10], seeds: [0, 1] },
  ...{ models: 18, series: true, discharge: ["discharge_cms"], rain: null, opensAt: "02", commit: "abc" },
  sites: ["01", "02", "03"].map((id, i) => ({
    ...{ id, name: ["Mill Brook", "Dam River", ""][i]!, latitude: 40 + i, longitude: -100 + i },
    properties: { area_km2: [10, 200, null][i]!, slope: i },
    texts: { state: ["NH", "OR", "OR"][i]! },
  })),
  verdicts: {
    judged: { partition: "test", variable: "discharge_cms", score: "nse" },
    counts: [
      {
        ...{ ...chosen, adjustment: "none", refused: 0, reason: "" },
        ...{ better: count(1, 0.2, 2), same: count(1, 0, 2), worse: count(1, 0, 2) },
      },
      {
        ...{ ...chosen, adjustment: "benjamini_hochberg", refused: 0, reason: "" },
        ...{ better: count(1, 0.2, 2), same: count(1, 0, 2), worse: count(1, 0, 2) },
      },
      {
        ...{ ...chosen, adjustment: "holm", refused: 3, reason: "too few seeds" },
        ...{ better: count(0), same: count(0), worse: count(0) },
      },
    ],
    answer: {
      test: "chosen_factor",
      bySite: {
        "01": result(1, [-0.02, 0.01, 0.05], "no difference"),
        "02": result(10, [0.12, 0.2, 0.26], "better"),
        "03": result(10, [-0.4, -0.3, -0.1], "worse"),
      },
    },
  },
  ...{ caveats: [], compareWith: "", graph: { rules: [], edges: [] }, making: [] },
};
