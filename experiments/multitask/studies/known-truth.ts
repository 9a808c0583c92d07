/**
 * `pnpm exp:a:known-truth [FOLDER]`: the verdicts on the synthetic sample against its truth. Of the stations where
 * temperature informs flow, how many does each test call better; of those where it does not, how many falsely?
 */
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { sampleFolder } from "@braid/data";
import { runCommand } from "@braid/data/command";
import { cannot } from "braid-engine";
import { tablePaths } from "../statistics/findings.ts";
import { overDays, verdictsOverDays } from "../statistics/over-days.ts";
import { testNames } from "../statistics/site-tests.ts";
import { readTable } from "../statistics/tables.ts";
import { adjustments } from "../statistics/verdicts.ts";
import { adjustmentWords, aligned, testWords } from "../statistics/words.ts";

/** The files that are compared: two tables of the statistics, and the sample's sites.csv. */
export interface TruthFiles {
  readonly tests: string;
  readonly days: string;
  readonly sites: string;
}

/** The table of power and false verdicts of every test. */
export async function knownTruth({ tests, days, sites }: TruthFiles): Promise<string> {
  if (!existsSync(tests))
    throw cannot("compare with the truth", tests, "it does not exist", {
      hint: "Make it first: pnpm exp:a statistics --configfile experiments/multitask/config.known-truth.yml --directory FOLDER",
    });
  const truth = new Map((await readTable(sites)).map((site) => [site.site_id!, site.temp_informs_flow!]));
  const lines = await readTable(tests);
  const stranger = lines.find(({ site_id }) => !truth.has(site_id!));
  if (stranger !== undefined)
    throw cannot("compare with the truth", tests, `its site ${stranger.site_id} is not in the sample`);

  const row = (test: string, adjustment: string, verdicts: Iterable<readonly [string, string]>) => {
    const all = [...verdicts];
    const share = (informs: string, verdict: string) => {
      const judged = all.filter(([site, one]) => truth.get(site) === informs && one !== "refused");
      const found = judged.filter(([, one]) => one === verdict).length;
      return judged.length === 0
        ? "refused"
        : `${found} of ${judged.length} (${Math.round((100 * found) / judged.length)} %)`;
    };
    return [
      `${testWords(test, 1)}; ${adjustmentWords(adjustment)}`,
      ...[share("yes", "better"), share("yes", "worse"), share("no", "better"), share("no", "worse")],
    ];
  };
  const [chosenOverDays] = verdictsOverDays(lines, await readTable(days));
  const rows = testNames.flatMap((test) => [
    ...adjustments.map((adjustment) => {
      const column = adjustment === "none" ? "verdict" : `verdict_${adjustment}`;
      const ofTest = lines.filter((line) => line.test === test);
      return row(
        test,
        adjustment,
        ofTest.map((line) => [line.site_id!, line[column]!]),
      );
    }),
    ...(test === "chosen_factor" ? [row(overDays, "none", chosenOverDays)] : []),
  ]);
  return [
    "SYNTHETIC data: this checks the tests, and says nothing about rivers.",
    ...aligned([["stations called", "informative: better", "worse", "not: better", "worse"], ...rows]),
  ].join("\n");
}

const help = `Usage: pnpm exp:a:known-truth [FOLDER]

  Compares the verdicts of the statistics in the working folder FOLDER with the truth of the synthetic sample, and prints
  how many stations each test finds, and how many of these are false positives. FOLDER is the current folder unless you name another.
`;

if (process.argv[1] === fileURLToPath(import.meta.url))
  await runCommand({
    help,
    folders: "any",
    options: {},
    async run(_, [given = "."]) {
      const folder = resolve(given);
      const { tests, days } = tablePaths("expA");
      const sites = join(sampleFolder, "sites.csv");
      console.log(await knownTruth({ tests: join(folder, tests), days: join(folder, days), sites }));
      return 0;
    },
  });
