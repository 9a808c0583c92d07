import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { knownTruth } from "./known-truth.ts";
import { writeTable } from "./statistics/tables.ts";
import { newFolder } from "./testing.ts";

const columns = ["test", "site_id", "verdict", "verdict_benjamini_hochberg", "verdict_holm"] as const;

async function files(verdicts: Record<string, string>) {
  const folder = newFolder();
  const sites = join(folder, "sites.csv");
  writeFileSync(sites, "site_id,temp_informs_flow\n01,yes\n02,yes\n03,no\n04,no\n");
  const tests = join(folder, "tests.csv");
  await writeTable(
    tests,
    columns,
    Object.entries(verdicts).map(([site_id, verdict]) => ({
      test: "naive_factor",
      site_id,
      verdict,
      verdict_benjamini_hochberg: verdict,
      verdict_holm: "refused",
    })),
  );
  return [tests, sites] as const;
}

test("verdicts are set against the truth of the sample", async () => {
  const text = await knownTruth(
    ...(await files({ "01": "better", "02": "no difference", "03": "worse", "04": "refused" })),
  );
  expect(text).toMatch(/factor 1, not chosen; each site alone +1 of 2 +0 of 2 +0 of 1 +1 of 1/);
  expect(text).toMatch(/factor 1, not chosen; Holm +refused +refused +refused +refused/);
});

test("tables of other data, or none, are an error", async () => {
  await expect(knownTruth(...(await files({ "99": "better" })))).rejects.toThrow(
    "its site 99 is not of the sample",
  );
  await expect(knownTruth("nowhere/tests.csv", "x")).rejects.toThrow(
    'Cannot compare with the truth "nowhere/tests.csv"',
  );
});
