import { expect, test } from "vitest";
import { exampleReport } from "../../../testing/example-report.ts";
import { passes, rowsOf, sorted } from "./site-rows.ts";

// Site by site, at factors 0, 1 and 10, two seeds each.
const cube = Float32Array.of(
  ...[0.5, 0.75, 0.25, 0.75, 0, 0.25],
  ...[0.25, 0.75, 0.5, 1, 0.75, 0.75],
  ...[0.5, 0.5, 0.25, 0.25, Number.NaN, Number.NaN],
);
const now = { score: "nse", correction: "none" };
const judged = rowsOf(exampleReport, cube, now, exampleReport.verdicts!.answer!.bySite);
const described = rowsOf(exampleReport, cube, now, null);
const ids = (rows: typeof judged) => rows.map((row) => row.id);

test("a judged site has the verdict, the factor and the gain of the test, and medians over seeds at both factors", () => {
  expect(judged[1]).toMatchObject({
    ...{ id: "02", name: "02 Dam River", verdict: "better", factor: 10, gain: 0.2, low: 0.12, high: 0.26 },
    ...{ single: { median: 0.5, half: 0.125 }, multi: { median: 0.75, half: 0 } },
  });
});

test("scores that no test judges have the best factor above 0 and the gain between medians, and no verdict", () => {
  expect(described[0]).toMatchObject({ verdict: null, factor: 1, gain: -0.125, low: null });
  expect(described[2]).toMatchObject({ factor: 1, gain: -0.25 });
  const rmse = rowsOf(exampleReport, cube, { ...now, score: "rmse" }, null);
  expect(rmse[0]).toMatchObject({ factor: 10, gain: 0.5 });
});

test("sites are found by id, name and state, by verdict, and by limits of a property", () => {
  const all = { text: "", verdict: "", least: "", most: "", property: "area_km2" };
  const found = (filters: Partial<typeof all>) =>
    ids(judged.filter((row) => passes(exampleReport, row, { ...all, ...filters })));
  expect(found({})).toEqual(["01", "02", "03"]);
  expect(found({ text: "brook MILL" })).toEqual(["01"]);
  expect(found({ text: "or" })).toEqual(["02", "03"]);
  expect(found({ text: "brook river" })).toEqual([]);
  expect(found({ verdict: "worse" })).toEqual(["03"]);
  expect(found({ least: "10" })).toEqual(["01", "02"]);
  expect(found({ most: "100" })).toEqual(["01"]);
  expect(found({ least: "0", property: "slope" })).toEqual(["01", "02", "03"]);
});

test("sites are sorted by any column, both ways, and those without a value come last", () => {
  const by = (sort: string) => ids(sorted(exampleReport, judged, { sort, property: "area_km2" }));
  expect(by("gain")).toEqual(["03", "01", "02"]);
  expect(by("-gain")).toEqual(["02", "01", "03"]);
  expect(by("verdict")).toEqual(["02", "01", "03"]);
  expect(by("-property")).toEqual(["02", "01", "03"]);
  expect(by("property")).toEqual(["01", "02", "03"]);
  expect(by("multi")).toEqual(["01", "02", "03"]);
  expect(by("")).toEqual(["01", "02", "03"]);
});
