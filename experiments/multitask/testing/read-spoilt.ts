/**
 * Spoilt data through the very steps of a run: prep_io_data prepares every site, and what evaluate_predictions
 * scores on is read. Each file must be refused with a message, or be warned about, or give the numbers of the
 * sound file; a value may be missing, never be another one.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDay, parseNumber } from "@braid/data/tables";
import {
  soundDays,
  soundFile,
  soundSites,
  spoiltFiles,
  type TableName,
} from "@braid/data/testing/corruptions";
import { BraidError } from "braid-engine";
import type { Partitions } from "../sequences/partitions.ts";
import { decodePrepared, type Prepared } from "../sequences/prepared.ts";
import { unscaled } from "../sequences/scaling.ts";
import { prepIoData } from "../steps/prep-io-data.ts";
import { truthOf } from "../steps/truth.ts";

/** What became of the spoilt files; `faults` are crashes without a message and wrong numbers in silence. */
export interface SpoiltOutcomes extends Counts {
  readonly byKind: ReadonlyMap<string, Counts>;
  readonly faults: string[];
}

interface Counts {
  refused: number;
  warned: number;
  asItStood: number;
}

const variables = ["discharge_cms", "temp_c"];
const drivers = ["prcp_mm", "tmin_c", "tmax_c"];
const partitions: Partitions = {
  train: [{ from: soundDays.from, to: "2000-02-15" }],
  validation: [{ from: "2000-02-16", to: soundDays.to }],
};
const spec = {
  variables,
  drivers,
  partitions,
  sequence: { length: 40, warmup: 0 },
  logarithms: [],
  mask: [],
};

/** Reads so many spoilt files; the same ones for a seed. */
export async function readSpoilt(count: number, seed?: string): Promise<SpoiltOutcomes> {
  const none = (): Counts => ({ refused: 0, warned: 0, asItStood: 0 });
  const byKind = new Map<string, Counts>();
  const outcomes: SpoiltOutcomes = { ...none(), byKind, faults: [] };
  const sound = new Map([...valuesOf("obs_file"), ...valuesOf("input_file")]);
  const folder = await mkdtemp(join(tmpdir(), "braid-spoilt-"));
  try {
    for (const { kind, name, content } of spoiltFiles(count, seed)) {
      for (const each of ["obs_file", "input_file"] as const)
        await writeFile(join(folder, `${each}.csv`), each === name ? content : soundFile(each));
      const { errors, warnings, read } = await readFolder(folder);
      for (const error of errors)
        if (!(error instanceof BraidError) || error.message.length < 20)
          outcomes.faults.push(`${kind}: ${String(error)}`);
      const outcome = errors.length > 0 ? "refused" : warnings.length > 0 ? "warned" : "asItStood";
      outcomes[outcome] += 1;
      const counts = byKind.get(kind) ?? none();
      byKind.set(kind, counts);
      counts[outcome] += 1;
      // Sites that were not refused are judged even where another one was.
      if (warnings.length > 0) continue;
      for (const { key, value, within } of read)
        if (!(Math.abs(value - sound.get(key)!) <= within))
          outcomes.faults.push(`${kind}: ${key} was read as ${value} and is ${sound.get(key)}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
  return outcomes;
}

/** A value that a step read, and how far rounding may take it from the written one. */
interface ReadValue {
  /** Site, date as a day number, column. */
  readonly key: string;
  readonly value: number;
  readonly within: number;
}

async function readFolder(folder: string) {
  const errors: unknown[] = [];
  const warnings: string[] = [];
  const read: ReadValue[] = [];
  const [observations, forcing] = [join(folder, "obs_file.csv"), join(folder, "input_file.csv")];
  const prepared: string[] = [];
  const jobs = soundSites.map((site_id) => ({
    input: { observations, drivers: forcing },
    output: { prepared: join(folder, `${site_id}.npz`), excluded: join(folder, `${site_id}.csv`) },
    wildcards: { site_id },
    params: spec,
    resources: {} as never,
    log: (text: string) => void warnings.push(text),
    warn: (text: string) => void warnings.push(`Warning: ${text}`),
    begin: () => {},
    done: () => void prepared.push(site_id),
    fail: (error: unknown) => void errors.push(error),
  }));
  try {
    await prepIoData(Object.assign(jobs, { stopping: false }));
  } catch (error) {
    errors.push(error);
  }
  for (const site of prepared) {
    const file = join(folder, `${site}.npz`);
    read.push(...preparedValues(site, decodePrepared(await readFile(file), file)));
    for (const partition of Object.keys(partitions)) {
      const truth = await truthOf(observations, site, partition, { ...spec, discharge: ["discharge_cms"] });
      for (const { variable, days, values } of truth)
        days.forEach((day, i) => {
          read.push({ key: `${site} ${day} ${variable}`, value: values[i]!, within: 0 });
        });
    }
  }
  return { errors, warnings, read };
}

/** What the arrays of prepared data say in physical units; they are float32. */
function* preparedValues(site: string, { x, y, partitions: parts }: Prepared): Generator<ReadValue> {
  for (const { dates, x: xs, y: ys, mask } of Object.values(parts))
    for (const [step, day] of dates.entries()) {
      if (Number.isNaN(day)) continue;
      for (const [i, scale] of x.entries()) {
        const value = unscaled(xs[step * x.length + i]!, { ...scale, epsilon: 0 });
        yield { key: `${site} ${day} ${drivers[i]}`, value, within: 1e-5 * (1 + scale.std) };
      }
      for (const [v, scale] of y.entries()) {
        if (mask[step * y.length + v] !== 1) continue;
        const value = unscaled(ys[step * y.length + v]!, scale);
        yield { key: `${site} ${day} ${variables[v]}`, value, within: 1e-5 * (1 + scale.std) };
      }
    }
}

function* valuesOf(name: TableName): Generator<[key: string, value: number]> {
  const [header = "", ...lines] = soundFile(name).trimEnd().split("\n");
  const columns = header.split(",");
  for (const line of lines) {
    const [site, date = "", ...cells] = line.split(",");
    for (const [i, cell] of cells.entries())
      yield [`${site} ${parseDay(date)} ${columns[i + 2]}`, parseNumber(cell)!];
  }
}
