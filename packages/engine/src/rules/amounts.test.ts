import { expect, test } from "vitest";
import { bench } from "../testing/run-in-memory.ts";
import { ancient } from "./marks.ts";
import { madeBy, type Resources, type Rules, rule } from "./rule.ts";
import { withAmounts } from "./workflow.ts";

/** Runs rules whose bodies note what they were given, and returns the notes. */
async function booked(defaults: Resources, ofRules: Readonly<Record<string, Resources>>) {
  const b = bench();
  const seen: Record<string, object> = {};
  const noting = (name: string, resources?: Resources | ((job: { attempt: number }) => Resources)) =>
    rule({
      output: name as "x",
      ...(resources === undefined ? {} : { resources }),
      run: (job) => {
        seen[name] = job.resources;
        b.disk.write(job.output, "");
      },
    });
  const rules: Rules = {
    all: rule({ input: ["silent", "says", "asks"] }),
    silent: noting("silent"),
    says: noting("says", { mem_gb: 2 }),
    asks: noting("asks", ({ attempt }) => ({ mem_gb: 4 * attempt, threads: 2 })),
  };
  const changed = withAmounts(rules, { defaults, ofRules: new Map(Object.entries(ofRules)) });
  await b.run(changed);
  return { seen, again: b.plan(rules).counts.size };
}

test("defaults give way to a rule, and a rule to what is said of it [test_default_resources, test_set_resources, test_set_threads]", async () => {
  const { seen } = await booked(
    { mem_gb: 1, disk_gb: 7 },
    { says: { threads: 2, tapes: 1 }, asks: { mem_gb: 16 } },
  );
  expect(seen).toMatchObject({
    silent: { mem_gb: 1, disk_gb: 7 },
    says: { mem_gb: 2, disk_gb: 7, threads: 2, tapes: 1 },
    asks: { mem_gb: 16, disk_gb: 7, threads: 2 },
  });
});

test("other amounts make nothing run again", async () => {
  const { again } = await booked({ mem_gb: 1 }, { says: { threads: 2 } });
  expect(again).toBe(0);
});

test("amounts of a rule that is not there are refused, and the nearest is named", () => {
  const rules = { train: rule({ output: "x", run: () => {} }) };
  expect(() => withAmounts(rules, { defaults: {}, ofRules: new Map([["trian", { threads: 2 }]]) })).toThrow(
    'Cannot set the resources of the rule "trian": there is no such rule\n  rules  train\n  Did you mean "train"?',
  );
});

test("a rule with other amounts is still the one that madeBy() names, marked or not", () => {
  const { plan } = bench({ a: "", b: "" });
  const a = rule({ input: "a", output: "{x}.txt", run: () => {} });
  const b = rule({ input: "b", output: "{x}.txt", run: () => {} });
  const all = rule({ input: [madeBy(b, "q.txt"), ancient(madeBy(a, "p.txt"))] });
  const changed = withAmounts({ all, a, b }, { defaults: { mem_mb: 1 }, ofRules: new Map() });
  const jobs = plan(changed)
    .jobs()
    .map(({ rule, outputs }) => [rule, ...outputs]);
  expect(jobs.sort()).toEqual([["a", "p.txt"], ["all"], ["b", "q.txt"]]);
});
