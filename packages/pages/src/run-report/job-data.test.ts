import type { JobRow } from "braid-engine/inspect";
import { expect, test } from "vitest";
import { dataScript } from "../shared/data-script.ts";
import { inflated } from "../shared/packed.ts";
import { type Job, jobAt, jobData } from "./job-data.ts";
import { find, type Search } from "./page/find.ts";

const rows: JobRow[] = [
  {
    ...{ rule: "prepare", wildcards: "site=01", path: "data/01.csv", state: "up to date", error: "" },
    made: { rule: "prepare", job: 0, start: 5_000, end: 9_000, cpu: 1_500, memory: 2e6 },
    log: "logs/01.log",
  },
  {
    ...{ rule: "train", wildcards: "site=01, seed=1", path: "m/01_1.csv", state: "out of date", error: "" },
    made: { rule: "train", job: 1, start: 9_000, end: 17_000, share: 4, cpu: undefined, memory: undefined },
    log: null,
  },
  {
    ...{ rule: "train", wildcards: "site=01, seed=2", path: "m/01_2.csv", state: "failed" },
    ...{ made: null, log: "logs/call.log", error: "the loss is NaN\nat train" },
  },
];

async function read(given: JobRow[]): Promise<Job[]> {
  let value: unknown;
  const script = dataScript("jobs", jobData(given));
  new Function("braidData", script)((name: string, data: unknown) => {
    expect(name).toBe("jobs");
    value = data;
  });
  const data = (await inflated(value)) as ReturnType<typeof jobData>;
  return data.path.map((_, i) => jobAt(data, i));
}

test("the page reads what was written: times, shares of batches, costs, logs, errors", async () => {
  expect(await read(rows)).toEqual([
    {
      ...{ rule: "prepare", wildcards: "site=01", path: "data/01.csv", state: "up to date" },
      ...{ start: 5_000, seconds: 4, shared: false, cpu: 1.5, memory: 2e6, log: "logs/01.log", error: "" },
    },
    {
      ...{ rule: "train", wildcards: "site=01, seed=1", path: "m/01_1.csv", state: "out of date" },
      ...{ start: 9_000, seconds: 2, shared: true, cpu: null, memory: null, log: "", error: "" },
    },
    {
      ...{ rule: "train", wildcards: "site=01, seed=2", path: "m/01_2.csv", state: "failed" },
      ...{ start: null, seconds: null, shared: false, cpu: null, memory: null },
      ...{ log: "logs/call.log", error: "the loss is NaN" },
    },
  ]);
});

test("many jobs take few bytes: 10,000 of them less than 200 kB", () => {
  const many = Array.from(
    { length: 10_000 },
    (_, i): JobRow => ({ ...rows[1]!, path: `models/site_${i % 100}/seed_${i}.csv` }),
  );
  expect(dataScript("jobs", jobData(many)).length).toBeLessThan(200_000);
});

const search: Search = { text: "", rule: "", state: "", sort: "job", descending: false };

test("every word must be in the name, the path or the error; rule and state narrow further", async () => {
  const jobs = await read(rows);
  const found = (change: Partial<Search>) => find(jobs, { ...search, ...change });
  expect(found({})).toEqual([0, 1, 2]);
  expect(found({ text: "SITE=01 csv" })).toEqual([0, 1, 2]);
  expect(found({ text: "loss  nan" })).toEqual([2]);
  expect(found({ text: "seed=1 seed=2" })).toEqual([]);
  expect(found({ rule: "train", state: "out of date" })).toEqual([1]);
});

test("what is not known comes last in both directions, and equal ones in the order of the plan", async () => {
  const jobs = await read([...rows, rows[1]!]);
  const found = (change: Partial<Search>) => find(jobs, { ...search, ...change });
  expect(found({ sort: "seconds", descending: true })).toEqual([0, 1, 3, 2]);
  expect(found({ sort: "seconds" })).toEqual([1, 3, 0, 2]);
  expect(found({ sort: "state" })).toEqual([2, 1, 3, 0]);
  expect(found({ descending: true })).toEqual([3, 2, 1, 0]);
});
