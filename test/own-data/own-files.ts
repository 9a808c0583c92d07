/**
 * The transcript of a first day with data of one's own: two foreign files of five SYNTHETIC gauges become a finished report.
 */
import { makeFiles } from "./make-files.ts";
import type { Transcript } from "./record.ts";

const run = "--configfile mine/config.yml --directory run --seeds 0..1 --factors 0 1";

const steps: Transcript["steps"] = [
  {
    says: "Without `--yes`, the import shows how it understands the files, and stops. At a terminal, it asks you instead.",
    command: "pnpm data import pegel.csv wetter.csv --out mine",
    code: 2,
  },
  {
    says: "The mapping is right, so accept it with `--yes`. The import writes the data folder and checks it.",
    command: "pnpm data import pegel.csv wetter.csv --out mine --yes",
    code: 0,
  },
  {
    says: "What a run of the config needs, and whether each site has it:",
    command: "pnpm data check --configfile mine/config.yml",
    code: 0,
  },
  {
    says: "Two factors and two seeds are enough for a first run: twenty models of five gauges. This machine has no GPU, so the backend `wasm` trains.",
    command: `pnpm exp:a ${run}`,
    code: 0,
  },
  {
    says: "The report; its last line names the page. Two seeds are too few for the tests over seeds, so these are refused.",
    command: `pnpm exp:a report ${run}`,
    code: 0,
  },
];

const opening = `# From two files of your own to a report

\`pegel.csv\` and \`wetter.csv\` are files as you may have them: a table of gauges and one of the weather, with German names,
semicolons and tabs, decimal commas, cubic feet, degrees Fahrenheit, two forms of dates and -999 for missing flow. Their
numbers are SYNTHETIC: a program made them (\`test/own-data/make-files.ts\`).

\`node scripts/start.mjs test/own-data/main.ts\` runs all of this again and rewrites this page. A test checks that the messages are
still the same, except for times and scores.
`;

export const ownFiles: Transcript = { file: "data/transcripts/own-data.md", opening, makeFiles, steps };
