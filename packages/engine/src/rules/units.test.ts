import { describe, expect, test } from "vitest";
import { bench } from "../testing/run-in-memory.ts";
import { type Rules, rule } from "./rule.ts";
import { ruleset } from "./ruleset.ts";
import { demandOf, readSize, readSpan } from "./units.ts";
import { withAmounts } from "./workflow.ts";

test.each([
  ["2GB", 2_000],
  ["2 gb", 2_000],
  ["2G", 2_000],
  ["2GiB", 2_148],
  ["1.5 TB", 1_500_000],
  ["800 MB", 800],
  ["512Mi", 537],
  ["1.1GB", 1_100],
  ["5 kB", 1],
  ["2000", null],
  ["2 potatoes", null],
  ["-2GB", null],
  ["", null],
])("%j is a size of %j MB", (text, megabytes) => {
  expect(readSize(text)).toBe(megabytes);
});

test.each([
  ["4h", 240],
  ["90 min", 90],
  ["90m", 90],
  ["1.5 hours", 90],
  ["2d", 2_880],
  ["1 week", 10_080],
  ["30s", 1],
  ["61 s", 2],
  ["240", null],
  ["4 h 30 min", null],
  ["04:00:00", null],
])("%j is a time of %j minutes", (text, minutes) => {
  expect(readSpan(text)).toBe(minutes);
});

test("what a rule says is booked in numbers, under one name for one thing", () => {
  expect(demandOf("a", { mem: "2GB", disk: "1 TB", runtime: "4h", gpu: 1 })).toEqual({
    mem_mb: 2_000,
    disk_mb: 1_000_000,
    runtime: 240,
    gpu: 1,
  });
  expect(demandOf("a", { mem_mib: 1_000, disk_mib: 1, runtime: 30 })).toEqual({
    mem_mb: 1_049,
    disk_mb: 2,
    runtime: 30,
  });
  expect(demandOf("a", undefined)).toEqual({});
});

describe("what cannot be booked is told of its rule", () => {
  test.each([
    [{ mem: "2 potatoes" }, 'mem is "2 potatoes", which is not a size\n  As "2GB", "1.5 GiB" or "800 MB".'],
    [{ disk: "4h" }, 'disk is "4h", which is not a size'],
    [{ mem: 2_000 }, 'mem is 2000, which has no unit\n  Write "2000 MB", or mem_mb.'],
    [
      { runtime: "soon" },
      'runtime is "soon", which is not a time\n  As "4h", "90 min" or "2 d"; a number is minutes.',
    ],
    [{ gpu: "1" }, 'gpu is "1", which is not a number\n  Only mem, disk and runtime take a unit.'],
    [
      { slurm_partition: "long" },
      'slurm_partition is "long", which is not a number\n  Put settings of a queue in the rule\'s `queue` or in the profile.',
    ],
    [
      { threads: -3 },
      "threads is -3, which is not a whole number from 0\n  Leave out what a job does not request.",
    ],
    [
      { threads: 1.5 },
      "threads is 1.5, which is not a whole number from 0\n  Round the computed amount: Math.ceil(amount).",
    ],
    [{ gpu: 0.5 }, "gpu is 0.5, which is not a whole number from 0\n  Round the computed amount"],
    [
      { tapes: -1 },
      "tapes is -1, which is not a whole number from 0\n  Leave out what a job does not request.",
    ],
    [{ gpu: Number.NaN }, "gpu is NaN, which is not a whole number from 0"],
    [{ mem_mb: "2GB" }, 'mem_mb is "2GB", which is not a number'],
    [{ mem_mib: "2GiB" }, 'mem_mib is "2GiB", which is not a number'],
    [{ mem: "2GB", mem_mb: 2_000 }, "mem and mem_mb are the same resource\n  Keep one of them."],
    [{ disk_mib: 1, disk: "1GB" }, "disk_mib and disk are the same resource"],
  ])("%j", (resources, message) => {
    const rules = { train: { ...rule({ output: "x", run: () => {} }), resources: resources as never } };
    expect(() => ruleset(rules)).toThrow(`Cannot read the rule "train": ${message}`);
  });

  test("of a function when it is asked: its job has failed", async () => {
    const { run } = bench();
    const resources = () => ({ mem: "2 potatoes" }) as never;
    const { failed } = await run({ train: rule({ output: "x", resources, run: () => {} }) });
    expect(failed[0]!.error).toContain(
      'Cannot read the rule "train": mem is "2 potatoes", which is not a size',
    );
    const late = (async () => ({ threads: 1 })) as never;
    const again = await run({ train: rule({ output: "y", resources: late, run: () => {} }) });
    expect(again.failed[0]!.error).toContain(
      'Cannot get the resources of "train": its resources function returns a promise',
    );
  });
});

test("a body gets numbers, and what is said for the run comes before or after them under any name", async () => {
  const { disk, run } = bench();
  const seen: object[] = [];
  const rules: Rules = {
    all: rule({ input: ["a", "b"] }),
    a: rule({
      output: "a",
      resources: ({ attempt }) => ({ mem: `${4 * attempt}GB`, runtime: "2h" }),
      run: ({ output, resources }) => {
        seen.push(resources);
        disk.write(output, "");
      },
    }),
    b: rule({
      output: "b",
      resources: { mem: "1GB" },
      run: ({ output, resources }) => {
        seen.push(resources);
        disk.write(output, "");
      },
    }),
  };
  const amounts = { defaults: { mem_mb: 1, disk_mb: 5 }, ofRules: new Map([["b", { mem_mb: 3_000 }]]) };
  await run(withAmounts(rules, amounts));
  expect(seen).toEqual([
    { mem_mb: 4_000, disk_mb: 5, runtime: 120, threads: 1, gpu: [] },
    { mem_mb: 3_000, disk_mb: 5, threads: 1, gpu: [] },
  ]);
});
