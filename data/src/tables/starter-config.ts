/**
 * The config that comes with a folder of real data, so that `pnpm exp:a --configfile FOLDER/config.yml` runs as it
 * is: its drivers, its days shared out to the partitions, and the sites of which something can be learnt. To be edited;
 * what it says is not remembered here.
 */
import { basename, resolve } from "node:path";
import { type Day, formatDay, parseDay } from "./day.ts";

/** What a config is written for; `from` and `to` are the days on which every site has drivers, ISO. */
export interface Described {
  /** The command that wrote the folder. */
  readonly by: string;
  readonly drivers: readonly string[];
  readonly from: string;
  readonly to: string;
  /** The variable to predict and those beside it; by default discharge_cms and temp_c. None beside it: the factor 0 alone. */
  readonly primary?: string;
  readonly auxiliary?: readonly string[];
  /** Variables that are discharge though their names do not say so. */
  readonly discharge?: readonly string[];
  /** The folder to run in, of the comment that shows how; see `runFolder`. */
  readonly run?: string;
  /** Every site of the folder; none given: all of them. */
  readonly sites?: readonly Choice[];
}

/** Where a run on a data folder keeps its results, unless the user chooses another place: `runs/` and the folder's name. */
export function runFolder(dataFolder: string): string {
  return `runs/${basename(resolve(dataFolder))}`;
}

/** The days of a site, ISO. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** A site, and why a run cannot learn from it; null if it can. */
export interface Choice {
  readonly site: string;
  readonly why: string | null;
}

const usual = { primary: "discharge_cms", auxiliary: ["temp_c"] } as const;

/** Why there is nothing to learn of the primary's values (ISO date and text, empty if there is none) in `train`; null if there is. */
export function whyUnusable(
  flows: Iterable<readonly [date: string, flow: string]>,
  { from, to }: Days,
  primary: string = usual.primary,
): string | null {
  let first: number | undefined;
  for (const [date, flow] of flows) {
    if (flow === "" || date < from || date > to) continue;
    first ??= Number(flow);
    if (Number(flow) !== first) return null;
  }
  return first === undefined
    ? `no ${primary} from ${from} to ${to}`
    : `${primary} is always the same from ${from} to ${to}`;
}

/** The days to learn from of a config for these days. */
export function trainDays({ from, to }: Days): Days {
  const { first, chooses } = cutDays(from, to);
  return { from: formatDay(first), to: formatDay(chooses - 1) };
}

/** The days that all records share; null if there are none. */
export function sharedDays(records: readonly Days[]): Days | null {
  const from = records
    .map((record) => record.from)
    .sort()
    .at(-1);
  const to = records.map((record) => record.to).sort()[0];
  return from !== undefined && to !== undefined && from <= to ? { from, to } : null;
}

/** The text of config.yml: three fifths of the days to learn from, a fifth to choose by, a fifth to judge by. */
export function starterConfig({ sites = [], discharge = [], ...described }: Described): string {
  const { by, drivers, from, to, primary, auxiliary, run = "runs/NAME" } = { ...usual, ...described };
  const { first, chooses, judges, last, short } = cutDays(from, to);
  const range = (a: Day, b: Day) => `${formatDay(a)}..${formatDay(b)}`;
  return `# Written by ${by}, to be edited. From the folder of Braid:
# pnpm exp:a --configfile THIS_FILE --directory ${run}
data: .

experiments:
  expA:
${sitesLines(sites)}
${auxiliary.length === 0 ? oneFactor(primary) : "    factors: [0, 1, 5, 10, 20, 40, 80, 160, 320]"}
    seeds: 0..29

    primary: ${primary}
    auxiliary: [${auxiliary.join(", ")}]${discharge.length === 0 ? "" : `\n    discharge: [${discharge.join(", ")}]`}
    drivers: [${drivers.join(", ")}]

    # The days on which every site has drivers: three fifths to learn from, a fifth to choose by, a fifth to judge by.${
      short ? shortRecord : ""
    }
    partitions:
      train: ${range(first, chooses - 1)}
      validation: ${range(chooses, judges - 1)}
      test: ${range(judges, last)}
    evaluate: [validation, test]

    sequence: { length: 365, warmup: 0 }
    model: { hidden: 20 }
    training: { epochs: 100, learningRate: 0.01 }
`;
}

/** Factors weigh the auxiliary in the loss: without one, they would train the same model again. */
function oneFactor(primary: string): string {
  return `    # Nothing but ${primary} was observed on the days to learn from, so there is no auxiliary to weigh.
    factors: [0]`;
}

/** `sites: all`, or the list without those that cannot be used, which are named above it. */
function sitesLines(sites: readonly Choice[]): string {
  const usable = sites.filter(({ why }) => why === null).map(({ site }) => `"${site}"`);
  if (usable.length === sites.length) return "    sites: all";
  const leftOut = sites.filter(({ why }) => why !== null).map(({ site, why }) => `    # ${site}: ${why}`);
  const reasons = leftOut.join("\n");
  if (usable.length === 0)
    return `    # No model can learn from any of the sites:\n${reasons}\n    sites: all`;
  const rows: string[] = [];
  for (let i = 0; i < usable.length; i += 10) rows.push(usable.slice(i, i + 10).join(", "));
  const list = rows.length === 1 ? rows[0] : `\n      ${rows.join(",\n      ")},\n    `;
  return `    # Left out, because no model can learn from them:\n${reasons}\n    sites: [${list}]`;
}

/** Where the fifths begin; of a long record with a water year. */
function cutDays(from: string, to: string) {
  const [first, last] = [parseDay(from)!, parseDay(to)!];
  const short = (last - first + 1) / 365.25 < fewYears;
  const cut = (share: number) => {
    const day = Math.round(first + share * (last - first + 1));
    return short ? day : nearestWaterYear(day);
  };
  return { first, chooses: cut(0.6), judges: cut(0.8), last, short };
}

/** With fewer years than this a fifth of them is no whole year. */
const fewYears = 5;

const shortRecord = `
    # With less than five years a fifth is less than a year: seasons differ between the partitions. Alternate months
    # (a list of ranges, see experiments/multitask/config.usgs82.yml) may be the better choice.`;

function nearestWaterYear(day: Day): Day {
  const year = Number(formatDay(day).slice(0, 4));
  const starts = [year - 1, year, year + 1].map((one) => parseDay(`${one}-10-01`)!);
  return starts.reduce((best, one) => (Math.abs(one - day) < Math.abs(best - day) ? one : best));
}
