/**
 * `pnpm exp:a:error-rates`: how often each test finds a difference where there is none, and where there is one,
 * at made-up sites. The first is to stay near half of the level; the naive test does not.
 */
import { testNames } from "../statistics/site-tests.ts";
import { aligned } from "../statistics/words.ts";
import { runStudy, type StudyOptions } from "./run-study.ts";
import { dayErrorRates } from "./simulated-days.ts";
import { errorRates } from "./simulated-sites.ts";

/** Half a year, and correlations of errors a day apart. */
const simulatedDays = 184;
const lasting = [0.5, 0.8, 0.9, 0.95];
/** Records that the test over days refuses, and one that it accepts. */
const records = [20, 31, 60, 90, 120, simulatedDays];

const defaults = {
  ...{ sites: "1000", factors: "8", seeds: "30", permutations: "999" },
  ...{ gains: "0,0.3,0.6,1", level: "0.05" },
};

/** The tables of the simulation that the options ask for. */
function simulate({ count, number, numbers }: StudyOptions<keyof typeof defaults>): string {
  const [sites, factors, seeds] = [count("sites"), count("factors"), count("seeds")];
  const statistics = {
    level: number("level", (value) => value > 0 && value < 1),
    minimumEffect: 0,
    permutations: count("permutations"),
    resamples: 1_000,
    blockDays: 30,
    naiveFactor: 1,
    seed: 1,
  };
  const gains = numbers("gains");
  const columns = gains.map((gain) => errorRates({ sites, factors, seeds, gain, statistics }));
  const percent = (rate: number) => (100 * rate).toFixed(1);
  const overDays = (days: number, each: number) => {
    const { better, worse } = dayErrorRates({ sites, days, lasting: each, statistics });
    return `${percent(better)} / ${percent(worse)}`;
  };
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
    `Two equally good ensembles over ${simulatedDays} days, by the correlation of errors on consecutive days:`,
    ...aligned([
      ["test", ...lasting.map(String)],
      ["chosen_factor_days", ...lasting.map((each) => overDays(simulatedDays, each))],
    ]),
    "",
    "The same by the number of days, with a correlation of 0.9; fewer than six blocks of 30 days are refused:",
    ...aligned([
      ["test", ...records.map((days) => `${days} days`)],
      ["chosen_factor_days", ...records.map((days) => overDays(days, 0.9))],
    ]),
  ].join("\n");
}

await runStudy(
  {
    name: "pnpm exp:a:error-rates",
    does: "Simulates scores, and prints how often each statistical test calls a site better or worse.",
  },
  defaults,
  simulate,
);
