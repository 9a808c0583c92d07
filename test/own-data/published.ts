/** Transcripts of published data sets in their own layouts, with SYNTHETIC values and with faults as downloads have them. */
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeCamelsGb, writeCaravan } from "@braid/data/testing/layouts";
import { writeNetcdf } from "@braid/data/testing/netcdf";
import type { Transcript } from "./record.ts";

const tenYears = { from: "1990-10-01", days: 3653 };

/** The commands from the folder of a data set to the report. */
function steps(folder: string): Transcript["steps"] {
  const run = "--configfile mine/config.yml --directory run --seeds 0..1";
  return [
    { says: "The folder:", command: `find ${folder} -type f | LC_ALL=C sort`, code: 0 },
    {
      says: "The import recognises the layout, names what it leaves out, writes the data folder and checks it.",
      command: `pnpm data import ${folder} --out mine`,
      code: 0,
    },
    {
      says: "What a run of the config needs, and whether each site has it:",
      command: "pnpm data check --configfile mine/config.yml",
      code: 0,
    },
    { says: "Three sites with two seeds:", command: `pnpm exp:a ${run}`, code: 0 },
    {
      says: "The report; its last line names the page.",
      command: `pnpm exp:a report ${run}`,
      code: 0,
    },
    { says: "The files of the report:", command: "ls run/expA/report", code: 0 },
  ];
}

const rerun = `\`node scripts/start.mjs test/own-data/main.ts\` runs all of this again and rewrites this page. A test checks that the messages are
still the same, except for times and scores.
`;

export const camelsGb: Transcript = {
  file: "data/transcripts/camels-gb.md",
  opening: `# From a folder of CAMELS-GB to a report

\`camels_gb\` is in the layout of CAMELS-GB (Coxon et al. 2020); its numbers are SYNTHETIC (\`test/own-data/published.ts\`). Like
many downloads, it is not complete: the file of site 39001 is truncated, and that of site 54001 is missing.

${rerun}`,
  makeFiles(parent) {
    const folder = join(parent, "camels_gb");
    writeCamelsGb(folder, { sites: ["1001", "21017", "39001", "54001", "76003"], ...tenYears });
    const days = (site: string) =>
      join(folder, `timeseries/CAMELS_GB_hydromet_timeseries_${site}_19901001-20000930.csv`);
    writeFileSync(days("39001"), readFileSync(days("39001"), "utf8").slice(0, 100_000));
    rmSync(days("54001"));
  },
  steps: steps("camels_gb"),
};

export const caravan: Transcript = {
  file: "data/transcripts/caravan-netcdf.md",
  opening: `# From a folder of Caravan, in NetCDF, to a report

\`Caravan\` is in the layout of Caravan (Kratzert et al. 2023), with time series in NetCDF-4 files; its numbers are SYNTHETIC
(\`test/own-data/published.ts\`). Like many downloads, it is not complete: the file of camelsch_2011 is truncated, and the
attributes lack the area of camels_01547700.

${rerun}`,
  async makeFiles(parent) {
    const folder = join(parent, "Caravan");
    const sites = ["camels_01022500", "camels_01547700", "camelsch_2009", "camelsch_2011", "camelsch_2030"];
    await writeCaravan(folder, { sites, ...tenYears }, writeNetcdf);
    const cut = join(folder, "timeseries/netcdf/camelsch/camelsch_2011.nc");
    writeFileSync(cut, readFileSync(cut).subarray(0, 50_000));
    const other = join(folder, "attributes/camels/attributes_other_camels.csv");
    writeFileSync(other, readFileSync(other, "utf8").replace(/^camels_01547700.*\n/m, ""));
  },
  steps: steps("Caravan"),
};
