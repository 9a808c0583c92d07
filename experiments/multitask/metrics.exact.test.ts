/** Every score against an implementation of its own in exact arithmetic, on the series that rounding spoils. */
import { describe, expect, test } from "vitest";
import { flowScores } from "./flow-scores.ts";
import { score, scoreNames, whyUndefined } from "./metrics.ts";
import { exactScores } from "./testing/exact-scores.ts";

let state = 20_151_001;
/** Numbers from 0 to below 1, the same in every run (Park & Miller 1988). */
function uniform(): number {
  state = (48_271 * state) % 2_147_483_647;
  return state / 2_147_483_647;
}
const below = (n: number) => Math.floor(uniform() * n);
const series = (n: number, value: (i: number) => string) => Array.from({ length: n }, (_, i) => value(i));

/** Decimal text with some digits: what files hold. */
const decimals = (digits: number, size: number) =>
  (below(size * 10 ** digits) / 10 ** digits).toFixed(digits);

const observed: Record<string, (n: number) => string[]> = {
  "dry all year": (n) => series(n, () => "0"),
  "dry for half of the year": (n) => series(n, (i) => (i % 2 === 0 ? "0.00" : decimals(2, 9))),
  "dry for a third": (n) => series(n, (i) => (i % 3 === 0 ? "0" : decimals(3, 20))),
  "released at one rate": (n) => series(n, () => "0.1"),
  "released at 0.3, with a flood": (n) => series(n, (i) => (i === n - 2 ? "812.5" : "0.3")),
  "released at two rates": (n) => series(n, (i) => (i % 5 < 3 ? "1.1" : "2.2")),
  "tied in few digits": (n) => series(n, () => (below(4) / 10).toFixed(1)),
  "a tide that adds up to 0": (n) =>
    series(n, (i) => (i === n - 1 && n % 3 === 1 ? "0" : ["0.1", "0.2", "-0.3"][i % 3]!)),
  "a tide about 0": (n) => series(n, () => (below(2001) / 100 - 10).toFixed(2)),
  "negative throughout": (n) => series(n, () => `-${decimals(2, 5)}`),
  "huge beside tiny": (n) => series(n, (i) => (i % 7 === 0 ? "1e9" : `${below(100)}e-6`)),
  "far from 0 and nearly equal": (n) => series(n, () => `1000.0${below(10)}`),
  tiny: (n) => series(n, () => `${1 + below(999)}e-12`),
  usual: (n) => series(n, () => decimals(3, 60)),
};
const predicted: Record<string, (o: string[]) => string[]> = {
  "the truth": (o) => o,
  "always the same": (o) => o.map(() => "0.7"),
  "always 0": (o) => o.map(() => "0"),
  around: (o) =>
    o.map((text) => String(Number((Number(text) * (0.7 + 0.6 * uniform()) - 0.05).toPrecision(7)))),
};

const epsilonOf: Record<string, string> = { "negative throughout": "-0.02", "dry all year": "0" };

describe.each(Object.keys(observed))("river %s", (river) => {
  test.each(Object.keys(predicted))("predicted %s", (how) => {
    for (const n of [11, 25, 71]) {
      const o = observed[river]!(n);
      const p = predicted[how]!(o);
      const epsilon = epsilonOf[river] ?? (river === "tiny" ? "1e-13" : "0.013");
      const want = exactScores(o, p, epsilon);
      const values = [o, p].map((texts) => Float64Array.from(texts, Number)) as [Float64Array, Float64Array];
      const got = score(...values, Number(epsilon));
      const size = Math.max(...values.flatMap((each) => [...each].map(Math.abs)));
      const flow = { days: o.map((_, i) => i), values: values[0], epsilon: Number(epsilon) };
      const { pbias, fms } = flowScores(flow, values[1]);
      for (const [name, made] of Object.entries({ pbias, fms })) {
        const [exactly, where] = [want[name]!, `${name} of ${n} days: ${made} for ${want[name]}`];
        expect(made === null, where).toBe(exactly === null);
        if (made !== null) expect(near(made, exactly, name, size), where).toBe(true);
      }
      const reasons = whyUndefined(got, ...values, Number(epsilon));
      for (const name of scoreNames) {
        const where = `${name} of ${n} days`;
        const exactly = want[name] as number | null;
        expect(got[name] === null, `${where}: ${got[name]} for ${exactly}`).toBe(exactly === null);
        expect(reasons.has(name), where).toBe(exactly === null);
        if (exactly !== null)
          expect(near(got[name]!, exactly, name, size), `${where}: ${got[name]} for ${exactly}`).toBe(true);
      }
    }
  });
});

const inUnits: readonly string[] = [
  "rmse",
  "rmse_top",
  "rmse_bottom",
  "mean_bias",
  "bias_top",
  "bias_bottom",
];

/** The last digits may differ: the values themselves are rounded to 53 bits. Counts may not. */
function near(a: number, b: number, name: string, size: number): boolean {
  if (name.startsWith("n_")) return a === b;
  return (
    Math.abs(a - b) <= 1e-9 * Math.max(inUnits.includes(name) ? 1e-3 * size : 1, Math.abs(a), Math.abs(b))
  );
}
