import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { aboutText } from "./steps/gather-metrics.ts";
import { saysSynthetic } from "./synthetic.ts";

test("results that were copied away from their data still say whether those were made up", () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-about-"));
  expect(saysSynthetic(folder)).toBe(false);
  for (const synthetic of [true, false]) {
    const about = {
      name: "expA",
      primary: "discharge_cms",
      synthetic,
      data: ["obs_file.csv"],
      partitions: {},
    };
    writeFileSync(join(folder, "about.txt"), aboutText(about));
    expect(saysSynthetic(folder)).toBe(synthetic);
  }
});
