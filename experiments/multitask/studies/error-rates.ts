/**
 * `pnpm exp:a:error-rates`: how often each test finds a difference where there is none, and where there is one,
 * at made-up sites. The first is to stay near half of the level; the naive test does not.
 */
import { parseArgs } from "node:util";
import { BraidError, cannot } from "braid-engine";
import { testNames } from "../statistics/site-tests.ts";
import { aligned } from "../statistics/words.ts";
import { dayErrorRates } from "./simulated-days.ts";
import { errorRates } from "./simulated-sites.ts";

/** Half a year, and correlations of errors a day apart. */
const simulatedDays = 184;
const lasting = [0.5, 0.8, 0.9, 0.95];

/** Runs the simulation that the options ask for; resolves with its table. */
function simulate(): string {
  const { values } = parseArgs({
    options: {
      sites: { type: "string", default: "1000" },
      factors: { type: "string", default: "8" },
      seeds: { type: "string", default: "30" },
      permutations: { type: "string", default: "999" },
      gains: { type: "string", default: "0,0.3,0.6,1" },
      level: { type: "string", default: "0.05" },
    },
  });
  const number = (option: keyof typeof values, text: string, fits: (value: number) => boolean) => {
    const value = Number(text);
    if (text.trim() !== "" && fits(value)) return value;
    throw cannot("read option", `--${option}`, `its value is "${values[option]}"`, {
      hint: "For example: --sites 1000 --factors 8 --seeds 30 --permutations 999 --gains 0,0.5 --level 0.05",
    });
  };
  const count = (option: "sites" | "factors" | "seeds" | "permutations") =>
    number(option, values[option], (value) => Number.isSafeInteger(value) && value > 0);
  const [sites, factors, seeds] = [count("sites"), count("factors"), count("seeds")];
  const statistics = {
    level: number("level", values.level, (value) => value > 0 && value < 1),
    minimumEffect: 0,
    permutations: count("permutations"),
    resamples: 1_000,
    blockDays: 30,
    naiveFactor: 1,
    seed: 1,
  };
  const gains = values.gains.split(",").map((text) => number("gains", text, Number.isFinite));
  const columns = gains.map((gain) => errorRates({ sites, factors, seeds, gain, statistics }));
  const percent = (rate: number) => (100 * rate).toFixed(1);
  return [
    `${sites} sites, ${factors} factors beside 0, ${seeds} seeds: percent called better and worse, by true gain`,
    ...aligned([
      ["test", ...gains.map((gain) => `gain ${gain}`)],
      ...testNames.map((test) => [
        test,
        ...columns.map((rates) => `${percent(rates[test].better)} / ${percent(rates[test].worse)}`),
      ]),
    ]),
    "",
    `Over ${simulatedDays} days, of two equally good ensembles, by how much errors last from day to day:`,
    ...aligned([
      ["test", ...lasting.map(String)],
      [
        "chosen_factor_days",
        ...lasting.map((each) => {
          const { better, worse } = dayErrorRates({ sites, days: simulatedDays, lasting: each, statistics });
          return `${percent(better)} / ${percent(worse)}`;
        }),
      ],
    ]),
  ].join("\n");
}

try {
  console.log(simulate());
} catch (error) {
  const isUsers =
    error instanceof BraidError || (error as { code?: string }).code?.startsWith("ERR_PARSE_ARGS");
  if (!isUsers) throw error;
  console.error((error as Error).message);
  process.exitCode = 2;
}
