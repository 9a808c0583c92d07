import { expect, test } from "vitest";
import type { Trace } from "../journal/journal.ts";
import { expand } from "../patterns/expand.ts";
import { rule } from "../rules/rule.ts";
import { bench } from "../testing/run-in-memory.ts";
import { waitFinder } from "./waits.ts";

/** Two parts, read by one job each and by a gather, whose records end at these times; `touched` was only taken as it stood. */
function finder(ends: Readonly<Record<string, number>>, touched = "") {
  const run = () => {};
  const part = rule({ output: "part_{n}", run });
  const both = rule({ input: { own: "part_{n}", first: "part_1" }, output: "both_{n}", run });
  const gather = rule({ input: expand(part.output, { n: [1, 2] }), output: "gather", run });
  const all = rule({ input: [gather.output, expand(both.output, { n: [1, 2] })] });
  const { plan } = bench().prepared({ all, gather, both, part });
  const find = waitFinder(plan, (job) => {
    const end = ends[plan.key(job)];
    return end === undefined ? undefined : ({ end, attempt: plan.key(job) === touched ? 0 : 1 } as Trace);
  });
  return (path: string, start: number) => {
    const job = find(plan.maker(plan.find(path)), start);
    return job < 0 ? null : plan.key(job);
  };
}

test("a job waits for the last of the jobs that made its inputs", () => {
  const waitedFor = finder({ part_1: 10, part_2: 20 });
  expect(waitedFor("both_1", 30)).toBe("part_1");
  expect(waitedFor("both_2", 30)).toBe("part_2");
  expect(waitedFor("gather", 20)).toBe("part_2");
  expect(waitedFor("part_1", 5)).toBeNull();
});

test("a job that was made again after its reader began is not what that waited for", () => {
  const waitedFor = finder({ part_1: 10, part_2: 20 });
  expect(waitedFor("both_2", 15)).toBe("part_1");
  // Of a gather only its last job is known, and that is left out.
  expect(waitedFor("gather", 15)).toBeNull();
});

test("what was only marked as up to date, or has no record, was not waited for", () => {
  expect(finder({ part_1: 10, part_2: 20 }, "part_2")("both_2", 30)).toBe("part_1");
  expect(finder({ part_2: 20 })("both_1", 30)).toBeNull();
});
