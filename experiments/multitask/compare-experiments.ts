/** `pnpm exp:compare`: finished experiments side by side. */
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "@braid/data/command";
import { cannot } from "braid-engine";
import { compareExperiments } from "./comparison/compare.ts";
import { finishedIn, readExperiment } from "./comparison/experiments.ts";

const help = `Usage: pnpm exp:compare [EXPERIMENT...] [--directory FOLDER] [--out FOLDER]

  Puts finished experiments side by side: how many sites are better, the same and worse under each test, beside the
  paper's numbers, and the gain at each site. Without names, all experiments of the folder that have statistics.

  EXPERIMENT         names of experiments, which are folders of the working folder: expA expB
  --directory FOLDER the working folder (default: the current one)
  --out FOLDER       where to write counts.csv, gains.csv, comparison.txt and index.html
                     (default: comparison in the working folder)

  Make the statistics of an experiment first: pnpm exp:b statistics
`;

/** Compares the experiments `names` of a working folder. @throws if there are none, or one is not finished. */
export async function compareIn(folder: string, names: readonly string[], out: string): Promise<string> {
  const chosen = names.length > 0 ? names : finishedIn(folder);
  if (chosen.length === 0)
    throw cannot("compare experiments of", folder, "none has statistics yet", {
      hint: "Make them first: pnpm exp:a statistics, pnpm exp:b statistics",
    });
  const twice = chosen.find((name, i) => chosen.indexOf(name) !== i);
  if (twice !== undefined) throw cannot("compare experiment", twice, "it is named twice");
  const experiments = [];
  for (const name of chosen) experiments.push(await readExperiment(folder, name));
  return compareExperiments(experiments, out);
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await runCommand({
    help,
    folders: "any",
    options: { directory: { type: "string", short: "d", default: "." }, out: { type: "string" } },
    async run({ directory, out: asked }, names) {
      const folder = resolve(directory);
      const out = resolve(asked ?? `${folder}/comparison`);
      process.stdout.write(await compareIn(folder, names, out));
      console.log(`Tables and page: ${out}`);
      return 0;
    },
  });
