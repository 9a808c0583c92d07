/**
 * Amounts with a unit, as Snakemake reads them: `mem: "2GB"` is `mem_mb: 2000`, `disk` likewise, `runtime: "4h"` is 240
 * minutes. Everything behind the rules knows numbers alone, under one name for one thing.
 */
import { type BraidError, cannot } from "../errors.ts";
import { checkFunctionResult } from "./function-results.ts";

type SizeUnit =
  | "kB"
  | "KB"
  | "MB"
  | "GB"
  | "TB"
  | "KiB"
  | "MiB"
  | "GiB"
  | "TiB"
  | "k"
  | "K"
  | "M"
  | "G"
  | "T";
type SpanUnit =
  | "s"
  | "sec"
  | "m"
  | "min"
  | "h"
  | "hour"
  | "hours"
  | "d"
  | "day"
  | "days"
  | "w"
  | "week"
  | "weeks";

/** A size with its unit: `"2GB"` are 2,000,000,000 bytes and so is `"2G"`; `"2GiB"` are 1024³ times two. */
export type Size = `${number}${"" | " "}${SizeUnit}`;

/** A time with its unit: `"4h"`, `"90 min"`, `"1.5 d"`. */
export type Span = `${number}${"" | " "}${SpanUnit}`;

/** The resources that a call requests: `{ threads: 2, mem: "4GB", runtime: "4h" }`. */
export type Demand = Readonly<Record<string, number | Size | Span>>;

/** The same in numbers, as it is booked: `{ threads: 2, mem_mb: 4000, runtime: 240 }`. */
export type Resources = Readonly<Record<string, number>>;

const factors: Readonly<Record<string, number>> = {
  k: 1e3,
  m: 1e6,
  g: 1e9,
  t: 1e12,
  ki: 1024,
  mi: 1024 ** 2,
  gi: 1024 ** 3,
  ti: 1024 ** 4,
};

/** Seconds. */
const spans: readonly (readonly [words: RegExp, seconds: number])[] = [
  [/^s(ec(ond)?s?)?$/, 1],
  [/^m(in(ute)?s?)?$/, 60],
  [/^h(ours?)?$/, 3_600],
  [/^d(ays?)?$/, 86_400],
  [/^w(eeks?)?$/, 604_800],
];

/** Megabytes (of 1,000,000 bytes) of a size, rounded up; null where it is none. */
export function readSize(text: string): number | null {
  const [, amount, unit] = /^(\d+(?:\.\d+)?) ?([kmgt]i?)b?$/i.exec(text.trim()) ?? [];
  if (amount === undefined) return null;
  return roundedUp((Number(amount) * factors[unit!.toLowerCase()]!) / 1e6);
}

/** Minutes of a time, rounded up; null where it is none. */
export function readSpan(text: string): number | null {
  const [, amount, unit = ""] = /^(\d+(?:\.\d+)?) ?([a-z]+)$/i.exec(text.trim()) ?? [];
  const seconds = spans.find(([words]) => words.test(unit.toLowerCase()))?.[1];
  return amount === undefined || seconds === undefined ? null : roundedUp((Number(amount) * seconds) / 60);
}

/** What was asked for is never less; 1.1 * 1000 is a hair more than 1100. */
function roundedUp(amount: number): number {
  return Math.max(1, Math.ceil(amount * (1 - 1e-12)));
}

/** Says what is wrong with an amount. */
export type Refuse = (cause: string, hint: string) => BraidError;

/** The amounts in numbers. Two names for one thing, and what cannot be read, are errors that `refuse` makes. */
export function readDemand(demand: Readonly<Record<string, unknown>>, refuse: Refuse): Resources {
  const amounts: Record<string, number> = {};
  const saidAs = new Map<string, string>();
  for (const [name, value] of Object.entries(demand)) {
    if (value === undefined) continue;
    const [booked, amount] = readAmount(name, value, refuse);
    const before = saidAs.get(booked);
    if (before !== undefined)
      throw refuse(`${before} and ${name} are the same resource`, "Keep one of them.");
    saidAs.set(booked, name);
    amounts[booked] = amount;
  }
  return amounts;
}

function readAmount(name: string, value: unknown, refuse: Refuse): readonly [name: string, amount: number] {
  const shown = JSON.stringify(value);
  const [, what, mebi] = /^(mem|disk)(_mib)?$/.exec(name) ?? [];
  if (what !== undefined && mebi === undefined) {
    if (typeof value === "number")
      throw refuse(`${name} is ${shown}, which has no unit`, `Write "${value} MB", or ${name}_mb.`);
    const megabytes = typeof value === "string" ? readSize(value) : null;
    if (megabytes === null)
      throw refuse(`${name} is ${shown}, which is not a size`, 'As "2GB", "1.5 GiB" or "800 MB".');
    return [`${name}_mb`, megabytes];
  }
  if (name === "runtime" && typeof value === "string") {
    const minutes = readSpan(value);
    if (minutes === null)
      throw refuse(
        `${name} is ${shown}, which is not a time`,
        'As "4h", "90 min" or "2 d"; a number is minutes.',
      );
    return [name, minutes];
  }
  if (typeof value !== "number")
    throw refuse(
      `${name} is ${shown}, which is not a number`,
      /^slurm_|^(partition|account|qos|constraint)$/.test(name)
        ? "Put settings of a queue in the rule's `queue` or in the profile."
        : "Only mem, disk and runtime take a unit.",
    );
  if (!Number.isSafeInteger(value) || value < 0)
    throw refuse(
      `${name} is ${value}, which is not a whole number from 0`,
      value > 0 ? "Round the computed amount: Math.ceil(amount)." : "Leave out what a job does not request.",
    );
  return what === undefined ? [name, value] : [`${what}_mb`, roundedUp(value * 1.048576)];
}

/** The resources that the rule `name` requests, in numbers. */
export function demandOf(
  name: string,
  demand: Demand | ((job: object) => Demand) = {},
): Resources | ((job: object) => Resources) {
  const refuse: Refuse = (cause, hint) => cannot("read the rule", name, cause, { hint });
  if (typeof demand !== "function") return readDemand(demand, refuse);
  return (job) =>
    readDemand(
      checkFunctionResult(demand(job), "get the resources of", name, "its resources function"),
      refuse,
    );
}
