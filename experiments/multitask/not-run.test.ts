import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "braid-engine/run";
import { expect, test } from "vitest";
import { answerSource } from "./judging-rules.ts";
import { answer } from "./statistics/answer.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";
import { resolveSmall } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

const data = madeUpData();

const resolved = (changes: Record<string, unknown>) =>
  resolveSmall({ training: { epochs: 1, learningRate: 0.01 }, ...changes }, data);

test("what the config asks for and the table lacks is told as not run, and the rest is answered", async () => {
  const folder = newFolder();
  const few = { sites: ["01022500"], factors: [0, 1], seeds: "0..1", evaluate: ["validation"] };
  await run({ rules: workflow.rules(await resolved(few)), folder, slots: 2 });
  const asked = { ...few, sites: ["01022500", "14185000"], factors: [0, 1, 2], seeds: "0..2" };
  const typed = { shown: (path: string) => `runs/x/${path}`, run: "pnpm exp:a --configfile my.yml" };
  const told = async (changes: Record<string, unknown>) =>
    answer(answerSource(await resolved(changes)), folder, false, typed);
  const lines = (await told({ ...asked, evaluate: ["validation", "test"] })).split("\n");
  expect(lines.slice(0, 5)).toEqual([
    "expA: NSE of discharge_cms on validation, 1 site, 2 seeds",
    "1 of 2 sites. Not run yet: 14185000",
    "Not run yet: factor 2; seed 2; partition test",
    "To run what is missing: pnpm exp:a --configfile my.yml",
    "",
  ]);
  expect(lines.map((line) => line.split(" ")[0])).toEqual(expect.arrayContaining(["0", "1"]));
  expect(await told({ ...few, factors: [0, 2] })).toContain(
    "Nothing is compared (factors 0): the comparison is with factor 0 and needs another one. The config lists both, but they have not both been run.",
  );
  await expect(told({ ...few, factors: [5] })).rejects.toThrow(
    /none of the sites, factors, seeds or partitions asked for\n.*\n +factors there +0, 1\n +seeds there +0, 1\n/,
  );
});

test("a site at which not every factor is run is not told to have equal observations", async () => {
  const folder = newFolder();
  const few = { factors: [0, 1], seeds: "0..1", evaluate: ["validation"] };
  await run({ rules: workflow.rules(await resolved(few)), folder, slots: 2 });
  const metrics = join(folder, "expA/overall_metrics.csv");
  const [header = "", ...lines] = readFileSync(metrics, "utf8").trimEnd().split("\n");
  const at = (column: string) => header.split(",").indexOf(column);
  const kept = lines.filter((line) => {
    const cells = line.split(",");
    return cells[at("site_id")] !== "14185000" || cells[at("factor")] === "0";
  });
  writeFileSync(metrics, `${[header, ...kept].join("\n")}\n`);
  expect(await answer(answerSource(await resolved(few)), folder, false)).toContain(
    "Not counted: 14185000 (no seed has an NSE of every factor; factors with one: 0)",
  );
});
