/**
 * `pnpm exp:a:any-factor`: which max-T test asks better whether any factor is better than 0: one that permutes labels, or one that flips
 * signs? Prints how often each finds a better factor: where there is none, and where there is one beside others.
 */
import { aligned } from "../statistics/words.ts";
import { runStudy, type StudyOptions } from "./run-study.ts";
import { anyFactorRates, type SimulatedFactor } from "./simulated-factors.ts";

interface Case {
  readonly name: string;
  readonly factors: readonly SimulatedFactor[];
}

/** Cases of `all` factors above 0, of which one gains `gain`, in standard deviations of a model's luck. */
function casesOf(all: number, gain: number): { readonly none: Case[]; readonly one: Case[] } {
  const some = (count: number, gain: number, spread = 1) => new Array(count).fill({ gain, spread });
  const others: readonly (readonly [name: string, gain: number, spread: number])[] = [
    ["the others as good as 0", 0, 1],
    ["the others worse by 1", -1, 1],
    ["the others worse by 3", -3, 1],
    ["the others worse by 3, with three times the spread", -3, 3],
  ];
  const beside = (gain: number): Case[] =>
    others.map(([name, loss, spread]) => ({
      name,
      factors: [...some(1, gain), ...some(all - 1, loss, spread)],
    }));
  return {
    none: [
      ...beside(0),
      { name: "the others with three times the spread", factors: [...some(1, 0), ...some(all - 1, 0, 3)] },
    ],
    one: [...beside(gain), { name: "the others as good as it", factors: some(all, gain) }],
  };
}

const defaults = {
  ...{ sites: "500", factors: "8", seeds: "30", permutations: "399" },
  ...{ gain: "0.6", level: "0.05" },
};

/** The tables of the simulation that the options ask for. */
function simulate({ count, number }: StudyOptions<keyof typeof defaults>): string {
  const gain = number("gain");
  const shared = {
    sites: count("sites"),
    seeds: count("seeds"),
    permutations: count("permutations"),
    level: number("level", (value) => value > 0 && value < 1) / 2,
    seed: 1,
  };
  const factors = count("factors");
  const rows = (cases: readonly Case[]) =>
    cases.map(({ name, factors }) => [
      name,
      ...[false, true].flatMap((skewed) => {
        const { labels, signs } = anyFactorRates({ ...shared, factors, skewed });
        return [labels, signs].map((rate) => (100 * rate).toFixed(1));
      }),
    ]);
  const { none, one } = casesOf(factors, gain);
  const header = ["normal: labels", "signs", "skewed: labels", "signs"];
  return [
    `${shared.sites} sites, ${factors} factors beside 0, ${shared.seeds} seeds: percent at which a max-T test finds a better factor,`,
    `at a one-sided level of ${100 * shared.level} %, by permuted labels and by flipped signs, for noise that is normal or skewed`,
    "",
    ...aligned([["no factor is better (false positives)", ...header], ...rows(none)]),
    "",
    ...aligned([[`one factor is better by ${gain} (power)`, ...header], ...rows(one)]),
  ].join("\n");
}

await runStudy(
  {
    name: "pnpm exp:a:any-factor",
    does: "Simulates scores, and prints how often max-T tests with permuted labels and with flipped signs find a better factor.",
  },
  defaults,
  simulate,
);
