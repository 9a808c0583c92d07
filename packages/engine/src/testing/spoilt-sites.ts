/** For tests of optional rules: sites of which some are spoilt, and jobs that fail on what is spoilt. */
import { expect } from "vitest";
import { expand } from "../patterns/expand.ts";
import type { AnyRule, Files } from "../rules/rule.ts";
import type { RunOptions } from "../run/options.ts";
import { type Bench, bench, joining, leaves, writeJoined } from "./run-in-memory.ts";

export const sites = ["a", "b", "c"];
export const of = (pattern: string) => expand(pattern, { x: sites });

/** Three sources of which `b` is spoilt; jobs fail on what is spoilt. */
export function spoilt(...bad: string[]) {
  const sources = Object.fromEntries(sites.map((x) => [`${x}.src`, x]));
  const b = bench(sources);
  for (const x of bad.length === 0 ? ["b"] : bad) b.disk.write(`${x}.src`, "spoilt");
  return b;
}

/** A rule that joins its inputs, and fails where one of them is spoilt. */
export function checking(
  { disk }: Bench,
  input: Files,
  output: Files,
  options: Partial<AnyRule> = {},
): AnyRule {
  return {
    ...joining(disk, input, output),
    run: (job) => {
      if (leaves(job.input).some((path) => disk.text(path).includes("spoilt")))
        throw new Error("it is spoilt");
      writeJoined(disk, job);
    },
    ...options,
  };
}

export const optional = { optional: true };

/** `all` gathers the ends of sites, each made in two steps of which the first may fail. */
export function steps(b: Bench, options: Partial<AnyRule> = optional) {
  return {
    all: joining(b.disk, of("{x}.end"), "all"),
    first: checking(b, "{x}.src", "{x}.mid", options),
    second: joining(b.disk, "{x}.mid", "{x}.end"),
  };
}

/** What a run did: its outcome, the jobs done in the alphabet's order, and the optional jobs that failed. */
export async function runs(b: Bench, rules: Record<string, AnyRule>, options: Partial<RunOptions> = {}) {
  const {
    outcome,
    optional: failed = [],
    skipped = 0,
    failed: bad,
    blocked,
    cutOff,
  } = await b.run(rules, options);
  expect({ bad: bad.length, blocked }).toEqual(
    outcome === "done" ? { bad: 0, blocked: 0 } : expect.anything(),
  );
  const done = b.ran().sort();
  return { outcome, done, failed: failed.map(({ job }) => job).sort(), skipped, cutOff };
}
