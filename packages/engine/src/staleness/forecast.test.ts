import { expect, test } from "vitest";
import { prepareAnew } from "../dry-run.ts";
import { emptyHistory, type History } from "../journal/history.ts";
import { rule } from "../rules/rule.ts";
import { bench, chain, joining } from "../testing/run-in-memory.ts";
import { estimateSeconds, forecast } from "./forecast.ts";

/** A history with so many jobs of a rule, each of so many seconds. */
function after(
  ...rules: readonly (readonly [rule: string, jobs: number, seconds: number, attempt?: number])[]
): History {
  const history = emptyHistory();
  for (const [rule, jobs, seconds, attempt = 1] of rules)
    for (let i = 0; i < jobs; i++) {
      const path = `${rule}/${i}`;
      const none = { inputs: "", set: "", params: "", code: "", outputs: [] };
      history.traces.set(path, { ...none, path, rule, start: 0, end: seconds * 1_000, attempt, call: 1 });
    }
  return history;
}

const estimate = (counts: Record<string, number>, history: History) =>
  estimateSeconds(new Map(Object.entries(counts)), history, 4);

test("the jobs of a rule share the threads, at the pace of those before", () => {
  expect(estimate({ train: 100 }, after(["train", 10, 2]))).toBe(50);
  expect(estimate({ train: 2 }, after(["train", 10, 2]))).toBe(2);
});

test("a rule of few jobs that never ran does not keep from an estimate, one of many does", () => {
  expect(estimate({ train: 100, gather: 1 }, after(["train", 10, 2]))).toBe(50);
  expect(estimate({ train: 100, score: 100 }, after(["train", 10, 2]))).toBeNull();
});

test("where nothing was measured there is no estimate", () => {
  expect(estimate({ gather: 1 }, after())).toBeNull();
  expect(estimate({ train: 3 }, after(["train", 3, 0, 0]))).toBeNull();
});

test("a handful of jobs does not stand for a hundred thousand", () => {
  expect(estimate({ train: 100_000 }, after(["train", 5, 0.3]))).toBeNull();
  expect(estimate({ train: 27_270 }, after(["train", 30, 2]))).toBeCloseTo(13_635);
});

test("counts are told in the order in which the plan comes to each rule, without those that have nothing to do", () => {
  const run = () => {};
  const rules = {
    all: rule({ input: ["a.model", "b.model", "old"] }),
    train: rule({ input: ["{x}.data", "settings"], output: "{x}.model", run }),
    old: rule({ output: "old", run }),
    prepare: rule({ output: "{x}.data", run }),
    settings: rule({ output: "settings", run }),
  };
  const { all } = forecast(prepareAnew({ rules, files: bench({ old: "o" }).disk, folder: "" }));
  expect([...all]).toEqual([
    ["prepare", 2],
    ["settings", 1],
    ["train", 2],
    ["all", 1],
  ]);
});

test("jobs that run are told from those that run only if their inputs change, and both from up-to-date ones", async () => {
  const b = bench({ src: "s", other: "o" });
  const rules = {
    all: rule({ input: ["c", "d"] }),
    a: joining(b.disk, "src", "a"),
    b: joining(b.disk, ["a", "removed"], "b"),
    c: joining(b.disk, "b", "c"),
    removed: joining(b.disk, "other", "removed"),
    beside: joining(b.disk, "removed", "beside"),
    d: joining(b.disk, "other", "d"),
  };
  const targets = ["all", "beside"];
  await b.run(rules, { targets });
  b.disk.remove("removed");
  const ahead = () => forecast(prepareAnew({ rules, files: b.disk, folder: "", targets }));
  expect(ahead()).toMatchObject({ runs: new Map(), onlyIf: new Map(), removed: ["removed"] });
  b.disk.write("src", "s2");
  const { runs, onlyIf, all, removed } = ahead();
  expect([...runs]).toEqual([["a", 1]]);
  // If `b` runs it needs what was removed, which may come out different for `beside`.
  const may = ["removed", "b", "c", "all", "beside"];
  expect([...onlyIf]).toEqual(may.map((name) => [name, 1]));
  expect([...all].map(([name]) => name)).toEqual(["a", ...may]);
  expect(removed).toEqual([]);
});

test("outputs that somebody has changed are named where their jobs run", async () => {
  const b = bench({ src: "s" });
  const rules = { all: rule({ input: "a" }), a: joining(b.disk, "src", "a") };
  await b.run(rules);
  b.disk.write("a", "by hand");
  expect(forecast(prepareAnew({ rules, files: b.disk, folder: "" })).edited).toEqual(["a"]);
});

test("an edited output is named as one to be kept, but not a link: its file stays where it is", async () => {
  const { run, disk, prepared, rules } = chain();
  await run(rules);
  disk.write("a.mid", "by hand");
  expect(forecast(prepared(rules)).edited).toEqual(["a.mid"]);
  const { linkStat } = disk;
  disk.linkStat = (path) => {
    const found = linkStat(path);
    return found && { ...found, link: path === "a.mid" };
  };
  expect(forecast(prepared(rules)).edited).toEqual([]);
});
