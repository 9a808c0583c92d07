import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { expect, test } from "vitest";
import { reportText } from "./check-workflow.ts";
import { dischargeAmong, noDischarge } from "./discharge.ts";
import { checkRun } from "./steps/check-run.ts";
import { type Case, caseExperiment, caseFolder, runCase } from "./testing/real-life.ts";

/** A case whose flow has this name. */
const named = (primary: string, settings: Case["settings"] = {}): Case => ({
  observed: `${primary},temp_c`,
  settings: { primary, factors: [0], ...settings },
});

const sentence =
  "KGE, FHV, FLV and log-NSE are left empty: none of pegel, temp_c was recognised as discharge. If one is discharge, name it in the config: discharge: COLUMN";

async function scores(given: Case) {
  const { folder, answer, errors } = await runCase(given);
  expect(errors).toEqual([]);
  const rows = parse(readFileSync(join(folder, "e/overall_metrics.csv")), { columns: true }) as Record<
    string,
    string
  >[];
  const { kge, fhv, flv, log_nse } = rows.find(({ variable }) => variable === given.settings!.primary)!;
  return { filled: [kge, fhv, flv, log_nse].map((text) => text !== ""), answer: await answer() };
}

test("a flow that nothing says is one has no scores of discharge, and run and check say how to get them", async () => {
  const { filled, answer } = await scores(named("pegel"));
  expect(filled).toEqual([false, false, false, false]);
  expect(answer).toContain(`\n${sentence}\n`);
  const experiment = await caseExperiment(caseFolder(named("pegel")), named("pegel").settings);
  expect(reportText(experiment, await checkRun(experiment))).toContain(`  discharge  none: ${sentence}\n`);
  expect(noDischarge(["pegel"])).toContain("left empty: pegel was not recognised as discharge.");
});

test.each([
  ["named in the config", named("pegel", { discharge: "pegel" })],
  ["in a unit of flow", named("abfluss_m3s")],
  ["per area", named("streamflow_mm_d")],
])("a flow %s has them", async (_, given) => {
  const { filled, answer } = await scores(given);
  expect(filled).toEqual([true, true, true, true]);
  expect(answer).not.toContain("left empty");
});

test("what is measured or said of discharge is not discharge", () => {
  const others = ["discharge_temp_c", "discharge_flag", "discharge_cms_cd"];
  const all = ["discharge", "discharge_cms", "discharge_mean_m3s", "discharge_2", ...others];
  expect(dischargeAmong(all, undefined)).toEqual(all.filter((name) => !others.includes(name)));
});
