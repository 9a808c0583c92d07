/** The test over days of the chosen factor's ensemble, as lines beside those of the tests over seeds. */
import { testNames } from "./site-tests.ts";
import type { Row } from "./tables.ts";
import type { Verdict } from "./verdicts.ts";

/** The name of the test. */
export const overDays = "chosen_factor_days";

const at = testNames.indexOf("chosen_factor") + 1;

/** All tests whose verdicts are counted, in the order of the tables. */
export const countedTests: readonly string[] = [...testNames.slice(0, at), overDays, ...testNames.slice(at)];

/** By site the verdict over days for the factor that was chosen there; and why there is none. */
export function verdictsOverDays(
  tests: readonly Row[],
  days: readonly Row[],
): [Map<string, Verdict>, string[]] {
  const lines = linesOverDays(tests, days);
  return [
    new Map(lines.map(({ site_id, verdict }) => [site_id!, verdict as Verdict])),
    lines.filter(({ verdict }) => verdict === "refused").map(({ refused }) => refused!),
  ];
}

/** The lines of tests.csv, and with the same columns as far as counts need them, a line over days for each site. */
export function withOverDays(tests: readonly Row[], days: readonly Row[]): Row[] {
  return [...tests, ...linesOverDays(tests, days)];
}

function linesOverDays(tests: readonly Row[], days: readonly Row[]): Row[] {
  const chosen = tests.filter((line) => line.test === "chosen_factor");
  return chosen.map(({ site_id, factor, refused }) => {
    const line = days.find((one) => one.site_id === site_id && one.factor === factor);
    const verdict = line?.verdict ?? "refused";
    return {
      ...{ test: overDays, site_id: site_id!, factor: factor ?? "", verdict },
      refused: verdict === "refused" ? (line?.refused ?? refused ?? "") : "",
    };
  });
}
