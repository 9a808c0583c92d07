import { expect, test } from "vitest";
import { exampleReport } from "../../testing/example-report.ts";
import { chosenAtFirst } from "./choice.ts";
import { csvText, fileName, madeFrom } from "./provenance.ts";

const now = chosenAtFirst(exampleReport, new URLSearchParams("factor=10"));

test("a file is named after the experiment, the figure and what it shows", () => {
  expect(fileName(exampleReport, "hydrograph", ["site", "factor", "partition", "axis"], now)).toBe(
    "expA-hydrograph-test-02-factor_10",
  );
  expect(fileName({ ...exampleReport, experiment: "expA@lr 1" }, "rules", [], now)).toBe("expA@lr_1-rules");
});

test("a saved figure says its commit and config, and first of all that data are synthetic", () => {
  const making = [{ heading: "The question", rows: [["epochs", "100"]] as const }];
  expect(madeFrom({ ...exampleReport, making })).toEqual({
    ...{ experiment: "expA", commit: "abc", "config: epochs": "100" },
  });
  expect(madeFrom({ ...exampleReport, synthetic: true, commit: null })).toEqual({
    ...{ experiment: "expA", data: "SYNTHETIC: they say nothing about rivers", commit: "not a Git checkout" },
  });
});

test("a CSV file has notes, a header, and texts that cannot break a line", () => {
  const about = { title: "Gain", text: "It is\n small.", made: { commit: "abc" } };
  const rows = [
    ['A "b", c', 0.5],
    ["d", Number.NaN],
  ];
  expect(csvText(about, ["site", "gain"], rows)).toBe(
    '# Gain\n# It is small.\n# commit: abc\nsite,gain\n"A ""b"", c",0.5\nd,\n',
  );
});
