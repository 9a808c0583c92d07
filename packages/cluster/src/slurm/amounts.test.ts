import { expect, test } from "vitest";
import { readMemory, readTime, writeTime } from "./amounts.ts";
import { maxTimeOf, readLimits } from "./limits.ts";

test.each([
  ["30", 1_800],
  ["30:15", 1_815],
  ["2:00:00", 7_200],
  ["1-12", 129_600],
  ["1-12:30", 131_400],
  ["1-00:00:05", 86_405],
  ["UNLIMITED", null],
])("the time %s is %s seconds", (text, seconds) => {
  expect(readTime(text)).toBe(seconds);
});

test("a time is written so that it reads the same", () => {
  for (const seconds of [1, 59, 3_600, 86_399, 200_000]) expect(readTime(writeTime(seconds))).toBe(seconds);
});

test("what Slurm would not read is an error", () => {
  expect(() => readTime("two hours")).toThrow('"two hours" is not a time that Slurm knows');
  expect(() => readMemory("lots")).toThrow('"lots" is not a memory size that Slurm knows');
});

test.each([
  ["500", 500],
  ["4G", 4_096],
  ["1.5T", 1_572_864],
  ["2048K", 2],
])("the memory %s is %s MiB", (text, size) => {
  expect(readMemory(text)).toBe(size);
});

test("the cluster's limits: arrays leave room for others, a list of partitions has its shortest time", () => {
  const limits = readLimits(
    "MaxArraySize            = 1001\nMaxJobCount             = 10000\n",
    "PartitionName=main Default=YES MaxTime=1-00:00:00 State=UP\nPartitionName=short MaxTime=00:10:00\nPartitionName=long MaxTime=UNLIMITED\n",
  );
  expect(limits.arraySize).toBe(1_000);
  expect(maxTimeOf(limits, undefined)).toBe(86_400);
  expect(maxTimeOf(limits, "main,short")).toBe(600);
  expect(maxTimeOf(limits, "long")).toBeNull();
  expect(maxTimeOf(limits, "unheard")).toBeNull();
});
