import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test, vi } from "vitest";
import { line } from "./csv.ts";
import { flowScoreNames } from "./flow-scores.ts";
import { look, readFrame } from "./look.ts";
import { scoreNames } from "./metrics.ts";
import { formerColumns, metricsColumns } from "./steps/metrics-table.ts";
import { newFolder } from "./testing/made-up-data.ts";

/** Of this version, or of an earlier one, which had fewer scores. */
function metricsFile(columns: readonly string[] = metricsColumns): string {
  const file = join(newFolder(), "overall_metrics.csv");
  const row = (seed: number, variable: string, score: number | null) =>
    line([
      "expA",
      "01022500",
      0,
      seed,
      "validation",
      variable,
      score === null ? "no" : "yes",
      "wasm",
      182,
      ...[...scoreNames, ...flowScoreNames].map(() => score).slice(0, columns.length - 9),
    ]);
  const rows = [
    row(0, "discharge_cms", 0.5),
    row(0, "temp_c", null),
    row(1, "discharge_cms", 0.25),
    row(1, "temp_c", null),
  ];
  writeFileSync(file, line(columns) + rows.join(""));
  return file;
}

test.each([
  ["of this version", metricsColumns],
  ["of an earlier version", formerColumns],
])("a frame of metrics %s keeps ids as text and missing scores missing", async (_, columns) => {
  const frame = await readFrame(metricsFile(columns));
  expect(frame.columns).toEqual(columns);
  expect(frame.column("site_id").values).toEqual(Array(4).fill("01022500"));
  expect(frame.column("nse").values).toEqual([0.5, null, 0.25, null]);
  expect(frame.column("seed").values).toEqual([0, 0, 1, 1]);
});

test("a look at it describes each variable that was scored", async () => {
  const printed: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((text) => void printed.push(String(text)));
  const file = metricsFile();
  writeFileSync(join(dirname(file), "about.txt"), "SYNTHETIC data\n");
  try {
    await look(file);
  } finally {
    log.mockRestore();
  }
  const text = printed.join("\n");
  expect(text).toContain("4 lines, 1 sites, variables discharge_cms, temp_c");
  expect(text).toContain("\nSYNTHETIC data\n"); // what stands beside the table
  expect(text).toContain("discharge_cms: 2 models scored");
  expect(text).toContain("temp_c: 0 models scored");
  expect(text).toMatch(/mean +│ 0\.375/);
});

test("a look at a file that is not there says what to do", async () => {
  await expect(look("nowhere/overall_metrics.csv")).rejects.toThrow(
    'Cannot look at "nowhere/overall_metrics.csv": it does not exist',
  );
});
