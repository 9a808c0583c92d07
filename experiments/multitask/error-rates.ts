/**
 * `pnpm exp:a:error-rates`: how often each test finds a difference where there is none, and where there is one,
 * at made-up sites. The first is to stay near half of the level; the naive test does not.
 */
import { parseArgs } from "node:util";
import { errorRates } from "./statistics/error-rates.ts";
import { aligned } from "./statistics/words.ts";

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
const statistics = {
  level: Number(values.level),
  minimumEffect: 0,
  permutations: Number(values.permutations),
  resamples: 1_000,
  blockDays: 30,
  naiveFactor: 1,
  seed: 1,
};
const [sites, factors, seeds] = [Number(values.sites), Number(values.factors), Number(values.seeds)];
console.log(
  `${sites} sites, ${factors} factors beside 0, ${seeds} seeds: percent called better and worse, by true gain`,
);
const gains = values.gains.split(",").map(Number);
const columns = gains.map((gain) => errorRates({ sites, factors, seeds, gain, statistics }));
const percent = (rate: number) => (100 * rate).toFixed(1);
console.log(
  aligned([
    ["test", ...gains.map((gain) => `gain ${gain}`)],
    ...(Object.keys(columns[0]!) as (keyof (typeof columns)[0])[]).map((test) => [
      test,
      ...columns.map((rates) => `${percent(rates[test].better)} / ${percent(rates[test].worse)}`),
    ]),
  ]).join("\n"),
);
