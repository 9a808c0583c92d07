import { expect, test } from "vitest";
import { SlurmSettings } from "./settings.ts";

test("times and sizes that Slurm does not know are refused before anything runs", () => {
  const fine = { time: 30, mem: "1.5T", rules: { train: { time: "1-12:30", mem: 500 } } };
  expect(SlurmSettings.safeParse(fine).data).toMatchObject({ time: "30", rules: { train: { mem: "500" } } });
  const wrong = { time: "2h", mem: "lots", rules: { train: { time: "soon" } } };
  const issues = SlurmSettings.safeParse(wrong).error?.issues ?? [];
  expect(issues.map(({ path, message }) => `${path.join(".")}: ${message}`).sort()).toEqual([
    "mem: it is not a memory size: 4G, or 500 (MiB)",
    "rules.train.time: it is not a time: 30 (minutes), 2:00:00 or 1-12 (days-hours)",
    "time: it is not a time: 30 (minutes), 2:00:00 or 1-12 (days-hours)",
  ]);
});
