import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Rules } from "braid-engine";
import { dryRun, run } from "braid-engine/run";
import { pageModules } from "braid-pages/report";
import { expect, test } from "vitest";
import { answerSource } from "./judging-rules.ts";
import { answer } from "./statistics/answer.ts";
import { madeUpData, newFolder } from "./testing/made-up-data.ts";
import { resolveSmall } from "./testing/small-experiment.ts";
import workflow from "./workflow.ts";

const settings = {
  sites: ["01022500"],
  seeds: "0..5",
  statistics: { permutations: 99, resamples: 100 },
  caveats: ["This river is made of words."],
};

test("an edit in a module of the page makes the page again, and nothing else", async () => {
  const folder = newFolder();
  const experiment = await resolveSmall(settings, madeUpData());
  const rules: Record<string, Rules[string]> = { ...workflow.rules(experiment) };
  const page = rules.report_page!;
  // The page's own sources are not to be edited by a test: a copy of one of them is.
  const copy = join(newFolder(), "caveats.ts");
  const [module] = pageModules().filter((url) => url.href.endsWith("/page/sections/caveats.ts"));
  copyFileSync(fileURLToPath(module!), copy);
  const code = (page.code ?? []).map((url) =>
    String(url) === module!.href ? new URL(`file://${copy}`) : url,
  );
  expect(code.filter((url) => String(url) === `file://${copy}`)).toHaveLength(1);
  rules.report_page = { ...page, code };
  const targets = ["report"];

  expect(await run({ rules, folder, targets, slots: 2 })).toMatchObject({ outcome: "done", failed: [] });
  const assets = readFileSync(join(folder, "expA/report/assets/report.js"), "utf8");
  expect(assets).toContain("This river is made of words.");
  expect(assets).toContain("the models learnt from 730 days");
  expect(readFileSync(join(folder, "expA/statistics/summary.md"), "utf8")).toContain(
    "- **The data**: This river is made of words.",
  );
  expect(await answer(answerSource(experiment), folder, false)).toMatch(/\nPage: expA\/report\/index.html$/);
  const left = () => [...dryRun({ rules, folder, targets }).counts.keys()].sort();
  expect(left()).toEqual([]);
  writeFileSync(copy, readFileSync(copy, "utf8").replace("Caveats", "Beware"));
  expect(left()).toEqual(["report", "report_page"]);
});
