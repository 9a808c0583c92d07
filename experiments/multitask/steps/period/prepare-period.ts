/** prepare_period: the drivers of a site become windows of the days to predict, in physical units. */
import { readFile, writeFile } from "node:fs/promises";
import { formatFinding } from "@braid/data/check";
import { readRecords, type SiteRecord } from "@braid/data/records";
import { formatDay, parseDay } from "@braid/data/tables";
import { cannot } from "braid-engine";
import { count } from "braid-engine/quantities";
import { scaleRecordAsLearnt, unlikeLearnt } from "../../sequences/as-learnt.ts";
import { closeGaps, type FillGaps } from "../../sequences/gaps.ts";
import { type DateRange, formatRange } from "../../sequences/partitions.ts";
import { type GapCount, prepareSite } from "../../sequences/prepare-site.ts";
import { decodePrepared, encodePrepared, type Prepared } from "../../sequences/prepared.ts";
import type { TrainSequence } from "../../sequences/train-windows.ts";
import { type BatchOf, told } from "../batch.ts";

interface PeriodSpec {
  readonly drivers: readonly string[];
  readonly period: readonly DateRange[];
  readonly sequence: TrainSequence;
  readonly fillGaps?: FillGaps;
  /** Attributes that are the climate of the train days, and these days, if no model learnt from the site. */
  readonly climate?: { readonly attributes: readonly string[]; readonly train: readonly DateRange[] };
}

interface WindowsJob {
  readonly input: string;
  readonly output: string;
  readonly wildcards: { readonly site_id: string };
  readonly params: PeriodSpec;
}

interface ScaledJob extends Omit<WindowsJob, "input"> {
  readonly input: {
    readonly drivers: string;
    /** The prepared data that the models of the site learnt from. */
    readonly learnt: string;
  };
}

/** For models of several sites: windows in physical units, which scale_period scales. */
export function prepareWindows(batch: BatchOf<WindowsJob>): Promise<void> {
  return prepareEach(batch, batch[0]!.input, async (_, windows) => windows);
}

/** For models of one site: windows scaled as these have learnt. */
export function prepareScaled(batch: BatchOf<ScaledJob>): Promise<void> {
  return prepareEach(batch, batch[0]!.input.drivers, async ({ input, params, warn }, windows, record) => {
    const learnt = decodePrepared(await readFile(input.learnt), input.learnt);
    const scaled = scaleRecordAsLearnt(windows, closed(record, params), learnt);
    for (const warning of unlikeLearnt(scaled)) warn(warning);
    return scaled;
  });
}

type Preparing = Pick<WindowsJob, "output" | "wildcards" | "params">;

/** Prepares the sites of a batch; one that cannot be prepared fails alone. */
async function prepareEach<J extends Preparing>(
  batch: BatchOf<J>,
  drivers: string,
  finish: (job: BatchOf<J>[number], windows: Prepared, record: SiteRecord) => Promise<Prepared>,
): Promise<void> {
  const jobs = new Map(batch.map((job) => [job.wildcards.site_id, job]));
  const columns = { numbers: batch[0]!.params.drivers };
  for await (const [site, record] of readRecords(drivers, [...jobs.keys()], columns)) {
    const job = jobs.get(site)!;
    try {
      if (record instanceof Error) throw record;
      for (const finding of record.warnings) job.warn(formatFinding(finding));
      const { prepared, notes, warnings } = periodOf(record, job.params);
      for (const note of notes) job.log(note);
      for (const warning of warnings) job.warn(warning);
      await writeFile(job.output, encodePrepared(await finish(job, prepared, record)));
      job.done();
    } catch (error) {
      job.fail(told(error));
    }
  }
}

/** The drivers with their short gaps interpolated. */
function closed(record: SiteRecord, { drivers, fillGaps }: PeriodSpec): SiteRecord {
  return fillGaps === undefined ? record : closeGaps(record, drivers, fillGaps).record;
}

interface PreparedPeriod {
  readonly prepared: Prepared;
  readonly notes: readonly string[];
  readonly warnings: readonly string[];
}

/** The unscaled windows of a site: partition `period`, cut as days that are scored are, and `train` if its climate is asked for. */
export function periodOf(
  record: SiteRecord,
  { drivers, period, sequence, fillGaps, climate }: PeriodSpec,
): PreparedPeriod {
  if (climate !== undefined) checkClimate(record, climate);
  const nothing = { ...record, days: new Int32Array(0), numbers: {}, texts: {} };
  const { prepared, gaps } = prepareSite(record, nothing, {
    // A preparation needs train days; without a climate, nothing is computed from them.
    partitions: { period, train: climate?.train ?? period },
    ...{ variables: [], drivers, logarithms: [], mask: [], targets: "unit" },
    // The climate rests on the days that the models were trained on, the period is cut as scored days are.
    sequence: climate === undefined ? { length: sequence.length, warmup: sequence.warmup } : sequence,
    ...(fillGaps === undefined ? {} : { fillGaps }),
  });
  const { period: windows, train } = prepared.partitions;
  return {
    ...gapTexts(record.site, gaps),
    prepared: {
      ...prepared,
      partitions: { period: windows!, ...(climate === undefined ? {} : { train: train! }) },
    },
  };
}

/** What is told of gaps in the drivers of the period. */
function gapTexts(site: string, gaps: GapCount | null): Pick<PreparedPeriod, "notes" | "warnings"> {
  if (gaps === null) return { notes: [], warnings: [] };
  const filled = Object.keys(gaps.filled);
  const { windows, days, of } = gaps.left.period!;
  return {
    notes: filled.length === 0 ? [] : [`site ${site}: short gaps interpolated in ${filled.join(", ")}`],
    warnings:
      windows === 0
        ? []
        : [
            `site ${site}: ${windows} of ${count(of, "window")} with gaps in the drivers left out: ${count(days, "day")} are not predicted`,
          ],
  };
}

function checkClimate(
  { site, file, days }: SiteRecord,
  { attributes, train }: NonNullable<PeriodSpec["climate"]>,
): void {
  const [first, last] = [days[0]!, days.at(-1)!];
  if (train.every(({ from, to }) => first <= parseDay(from)! && parseDay(to)! <= last)) return;
  throw cannot("use attribute", attributes[0]!, `the drivers of site "${site}" do not have all train days`, {
    facts: [
      ["file", file],
      ["train", train.map(formatRange).join(", ")],
      ["lines", `${formatDay(first)} to ${formatDay(last)}`],
    ],
    hint: "The climate of a site is that of the days that the models were trained on: give its drivers of these days as well.",
  });
}
