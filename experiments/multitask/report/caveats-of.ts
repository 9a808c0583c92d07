/** The caveats of the page, from the scores and tests that it shows. */
import { median } from "@braid/statistics";
import type { Verdicts } from "braid-pages/report";
import { daysOf } from "../sequences/partitions.ts";
import { type Caveat, caveats } from "../statistics/caveats.ts";
import { readRegulated } from "../statistics/regulated.ts";
import { type Unscored, whyUnscored } from "../statistics/unscored.ts";
import type { Settings } from "./making.ts";
import type { MetricsCubes } from "./metrics-cubes.ts";

export interface ShownResults {
  readonly settings: Settings;
  readonly sites: readonly string[];
  /** sites.csv; null if the data have none. */
  readonly siteList: string | null;
  readonly cubes: MetricsCubes;
  readonly verdicts: Verdicts | null;
}

export async function caveatsOf({
  settings,
  sites,
  siteList,
  cubes,
  verdicts,
}: ShownResults): Promise<Caveat[]> {
  const { synthetic, evaluate, prepare, seeds } = settings;
  const [primary = ""] = prepare.variables;
  const judged = ["test", "validation"].find((name) => evaluate.some((one) => one === name)) ?? evaluate[0]!;
  const counts = verdicts?.counts ?? [];
  const overDays = counts.find(
    ({ test, refused }) => test === "chosen_factor_days" && refused < sites.length,
  );
  const unscored = sites.flatMap((site, s): Unscored[] => {
    const nse = cubes.of(judged, primary, "nse");
    const models = settings.factors.length * seeds.length;
    if (nse.subarray(s * models, (s + 1) * models).some(Number.isFinite)) return [];
    return [{ site, reason: whyUnscored(cubes.observed(site, judged, primary), judged) }];
  });
  const days = (partition: string) => daysOf(prepare.partitions[partition]!).length;
  return caveats({
    synthetic,
    primary,
    sites: sites.length - unscored.length,
    unscored,
    seeds: seeds.length,
    trainDays: days("train"),
    judged,
    judgedDays: days(judged),
    belowZero: belowZero(settings, sites.length, cubes.of(judged, primary, "nse")),
    overDays: overDays === undefined ? null : { better: overDays.better.sites, worse: overDays.worse.sites },
    luckCounted: counts.some(({ test, refused }) => test === "naive_best" && refused < sites.length),
    intervals: counts.some(({ better }) => better.low !== null),
    regulated: await readRegulated(siteList, sites),
    own: settings.caveats,
    ...(settings.units === undefined ? {} : { trainOn: settings.units.trainOn }),
  });
}

/** Sites whose median NSE over the seeds is below 0 at factor 0; null without that factor. */
function belowZero({ factors, seeds }: Settings, sites: number, nse: Float32Array): number | null {
  const zero = factors.indexOf(0);
  if (zero < 0) return null;
  let below = 0;
  for (let site = 0; site < sites; site++) {
    const from = (site * factors.length + zero) * seeds.length;
    const scores = [...nse.subarray(from, from + seeds.length)].filter(Number.isFinite);
    if (scores.length > 0 && median(scores) < 0) below++;
  }
  return below;
}
