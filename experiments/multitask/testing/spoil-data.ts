/** `pnpm data spoil`: sends spoilt data through the steps of a run and counts the outcomes. */
import { runCommand } from "@braid/data/command";
import { cannot } from "braid-engine";
import { aligned } from "../statistics/words.ts";
import { readSpoilt } from "./read-spoilt.ts";

const help = `Usage: pnpm data spoil [--count 300] [--seed TEXT]

Damages obs_file.csv or input_file.csv in 38 ways (truncated, repeated, shuffled, other encodings, NaN, ...), and
reads the files with the steps of a run, prep_io_data and evaluate_predictions. Exit code 1 if a step fails without
a message, or reads a number that is not in the undamaged file without a warning.

  --count N     number of damaged files; the kinds of damage take turns (default: 300)
  --seed TEXT   seed of the damage (default: that of the tests)
  --help        print this help`;

await runCommand({
  help,
  folders: 0,
  options: { count: { type: "string", default: "300" }, seed: { type: "string" } },
  async run({ count: asked, seed }) {
    const count = Number(asked);
    if (!Number.isInteger(count) || count < 1)
      throw cannot("spoil data, count", asked, "it is not a whole number above 0");
    const { refused, warned, asItStood, byKind, faults } = await readSpoilt(count, seed);
    const rows = [...byKind].map(([kind, counts]) => [
      kind,
      ...[counts.refused, counts.warned, counts.asItStood].map(String),
    ]);
    for (const line of aligned([["", "refused", "warned", "as it stood"], ...rows])) console.log(line);
    console.log(
      `\n${count} spoilt files: ${refused} refused with a message, ${warned} read with a warning, ` +
        `${asItStood} read as they stood; ${faults.length} faults`,
    );
    for (const fault of faults) console.log(`  ${fault}`);
    return faults.length > 0 ? 1 : 0;
  },
});
