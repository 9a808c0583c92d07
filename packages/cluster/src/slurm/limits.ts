/** The limits of a cluster, from `scontrol show config` and `scontrol show partition`. */
import { readTime } from "./amounts.ts";

export interface SlurmLimits {
  /** Tasks in one array. */
  readonly arraySize: number;
  /** Longest time of a task per Slurm partition, seconds; null: none. The default partition also stands under "". */
  readonly maxTime: ReadonlyMap<string, number | null>;
}

/** Slurm's own defaults, for a cluster that does not answer. */
export const defaultLimits: SlurmLimits = { arraySize: 1_000, maxTime: new Map() };

export function readLimits(config: string, partitions: string): SlurmLimits {
  const setting = (name: string) => new RegExp(`^${name}\\s*=\\s*(\\d+)`, "m").exec(config)?.[1];
  // The largest index is MaxArraySize - 1. Every task counts as a job: an array leaves room for other people's.
  const arraySize = Number(setting("MaxArraySize") ?? 1_001) - 1;
  const jobCount = Number(setting("MaxJobCount") ?? 10_000);
  const maxTime = new Map<string, number | null>();
  for (const line of partitions.split("\n")) {
    const name = /PartitionName=(\S+)/.exec(line)?.[1];
    const time = /MaxTime=(\S+)/.exec(line)?.[1];
    if (name === undefined || time === undefined) continue;
    const seconds = readTime(time);
    maxTime.set(name, seconds);
    if (/\bDefault=YES\b/.test(line)) maxTime.set("", seconds);
  }
  return { arraySize: Math.max(1, Math.min(arraySize, Math.floor(jobCount / 2))), maxTime };
}

/** Seconds that a task may take in a Slurm partition (or a list of them); null: no limit is known. */
export function maxTimeOf(limits: SlurmLimits, partition: string | undefined): number | null {
  const times = (partition ?? "").split(",").map((name) => limits.maxTime.get(name) ?? null);
  return times.some((time) => time === null) ? null : Math.min(...(times as number[]));
}
