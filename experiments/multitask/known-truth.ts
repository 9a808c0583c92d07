/**
 * `pnpm exp:a:known-truth [FOLDER]`: the verdicts on the synthetic sample against its truth. Of the stations where
 * temperature informs flow, how many does each test call better; of those where it does not, how many falsely?
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sampleFolder } from "@braid/data";
import { BraidError, cannot } from "@braid/engine";
import { tablePaths } from "./statistics/findings.ts";
import { testNames } from "./statistics/site-tests.ts";
import { type Row, readTable } from "./statistics/tables.ts";
import { adjustments } from "./statistics/verdicts.ts";
import { adjustmentWords, aligned, testWords } from "./statistics/words.ts";

/** The table of power and false verdicts, from tests.csv and the sample's sites.csv. */
export async function knownTruth(tests: string, sites: string): Promise<string> {
  if (!existsSync(tests))
    throw cannot("compare with the truth", tests, "it does not exist", {
      hint: "Make it first, on the sample: pnpm exp:a statistics --evaluate validation test",
    });
  const truth = new Map((await readTable(sites)).map((site) => [site.site_id!, site.temp_informs_flow!]));
  const lines = await readTable(tests);
  const stranger = lines.find(({ site_id }) => !truth.has(site_id!));
  if (stranger !== undefined)
    throw cannot("compare with the truth", tests, `its site ${stranger.site_id} is not of the sample`);
  const known = (test: string, informs: string) =>
    lines.filter((line) => line.test === test && truth.get(line.site_id!) === informs);
  const rows = testNames.flatMap((test) =>
    adjustments.map((adjustment) => {
      const column = adjustment === "none" ? "verdict" : `verdict_${adjustment}`;
      const share = (of: Row[], verdict: string) => {
        const judged = of.filter((line) => line[column] !== "refused");
        const found = judged.filter((line) => line[column] === verdict).length;
        return judged.length === 0 ? "refused" : `${found} of ${judged.length}`;
      };
      const [yes, no] = [known(test, "yes"), known(test, "no")];
      return [
        `${testWords(test, 1)}; ${adjustmentWords(adjustment)}`,
        ...[share(yes, "better"), share(yes, "worse"), share(no, "better"), share(no, "worse")],
      ];
    }),
  );
  return aligned([["", "informative: better", "worse", "not: better", "worse"], ...rows]).join("\n");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    const folder = resolve(process.argv[2] ?? ".");
    console.log(await knownTruth(join(folder, tablePaths("expA").tests), join(sampleFolder, "sites.csv")));
  } catch (error) {
    if (!(error instanceof BraidError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
