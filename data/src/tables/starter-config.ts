/**
 * The config that comes with a folder of real data, so that `pnpm exp:a --configfile FOLDER/config.yml` runs as it
 * is: its drivers, and its days shared out to the partitions. To be edited; what it says is not remembered here.
 */
import { type Day, formatDay, parseDay } from "./day.ts";

/** What a config is written for; `from` and `to` are the days on which every site has drivers, ISO. */
export interface Described {
  /** The command that wrote the folder. */
  readonly by: string;
  readonly drivers: readonly string[];
  readonly from: string;
  readonly to: string;
}

/** The days of a site, ISO. */
export interface Days {
  readonly from: string;
  readonly to: string;
}

/** The days that all records share; null where there are none. */
export function sharedDays(records: readonly Days[]): Days | null {
  const from = records
    .map((record) => record.from)
    .sort()
    .at(-1);
  const to = records.map((record) => record.to).sort()[0];
  return from !== undefined && to !== undefined && from <= to ? { from, to } : null;
}

/** The text of config.yml: three fifths of the days to learn from, a fifth to choose by, a fifth to judge by. */
export function starterConfig({ by, drivers, from, to }: Described): string {
  const [first, last] = [parseDay(from)!, parseDay(to)!];
  const years = (last - first + 1) / 365.25;
  const cut = (share: number) => {
    const day = Math.round(first + share * (last - first + 1));
    return years >= fewYears ? nearestWaterYear(day) : day;
  };
  const [chooses, judges] = [cut(0.6), cut(0.8)];
  const range = (a: Day, b: Day) => `${formatDay(a)}..${formatDay(b)}`;
  return `# Written by ${by}, to be edited. From the folder of Braid:
# pnpm exp:a --configfile THIS_FILE --directory runs/mine
data: .

experiments:
  expA:
    sites: all
    factors: [0, 1, 5, 10, 20, 40, 80, 160, 320]
    seeds: 0..29

    primary: discharge_cms
    auxiliary: [temp_c]
    drivers: [${drivers.join(", ")}]

    # The days on which every site has drivers: three fifths to learn from, a fifth to choose by, a fifth to judge by.${
      years >= fewYears ? "" : shortRecord
    }
    partitions:
      train: ${range(first, chooses - 1)}
      validation: ${range(chooses, judges - 1)}
      test: ${range(judges, last)}
    evaluate: [validation]

    sequence: { length: 365, warmup: 0 }
    model: { hidden: 20 }
    training: { epochs: 100, learningRate: 0.01 }
`;
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
