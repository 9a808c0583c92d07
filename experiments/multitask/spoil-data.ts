/** `pnpm data:spoil`: spoilt data through the steps of a run, and the count of what became of them. */
import { parseArgs } from "node:util";
import { readSpoilt } from "./read-spoilt.ts";

const help = `Usage: pnpm data:spoil [--count 300] [--seed TEXT]

Spoils obs_file.csv or input_file.csv in 28 ways (cut, doubled, shuffled, other encodings, NaN, ...) and reads
each by the steps of a run, prep_io_data and evaluate_predictions. Exit code 1 where one of them ends without a
message, or where a number is read that does not stand in the sound file and no warning says so.

  --count N     spoilt files, every way in turn (default: 300)
  --seed TEXT   which ones (default: those of the tests)
  --help        this text`;

const { values } = parseArgs({
  args: process.argv.slice(2).filter((arg) => arg !== "--"),
  options: {
    count: { type: "string", default: "300" },
    seed: { type: "string" },
    help: { type: "boolean", default: false },
  },
});
const count = Number(values.count);
if (values.help) console.log(help);
else if (!Number.isInteger(count) || count < 1) {
  console.error(`Cannot use count "${values.count}": it is not a whole number above 0`);
  process.exitCode = 2;
} else {
  const { refused, warned, asItStood, faults } = await readSpoilt(count, values.seed);
  console.log(
    `${count} spoilt files: ${refused} refused with a message, ${warned} read with a warning, ` +
      `${asItStood} read as they stood; ${faults.length} faults`,
  );
  for (const fault of faults) console.log(`  ${fault}`);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
