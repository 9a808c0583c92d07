import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { bench, chain, joining } from "../testing/run-in-memory.ts";
import { dryRunJson, dryRunText } from "./dry-run.ts";
import { jobTable } from "./lines.ts";

const plain = { quiet: false, printCommands: false };
const quiet = { quiet: true, printCommands: false };
const lines = (...all: string[]) => all.join("\n");
const json = (text: string) => text.split("\n").map((line) => JSON.parse(line) as object);

/** x.src -> x.mid -> x.end for two letters, and what both ends make. */
function two() {
  const b = bench({ "a.src": "one", "b.src": "two" });
  const rules = {
    sum: joining(b.disk, expand("{x}.end", { x: ["a", "b"] }), "sum"),
    last: joining(b.disk, "{x}.mid", "{x}.end"),
    first: joining(b.disk, "{x}.src", "{x}.mid"),
  } satisfies Rules;
  return { ...b, rules };
}

test("the table has the jobs by rule in the alphabet's order, and their total", () => {
  const counts = new Map([
    ["train_model", 12],
    ["all", 1],
  ]);
  expect(jobTable(counts)).toBe(
    lines(
      "job          count",
      "-----------  -----",
      "all              1",
      "train_model     12",
      "total           13",
    ),
  );
  expect(jobTable(counts, new Map())).toBe(jobTable(counts));
});

test("a second column has the jobs that run only if their inputs change, where there are any", () => {
  const runs = new Map([
    ["train", 2],
    ["all", 1],
  ]);
  const onlyIf = new Map([
    ["train", 10],
    ["score", 3],
  ]);
  expect(jobTable(runs, onlyIf)).toBe(
    lines(
      "job    count  only if",
      "-----  -----  -------",
      "all        1        0",
      "score      0        3",
      "train      2       10",
      "total      3       13",
    ),
  );
});

test("each job has its reason, or what it waits for, above the table", async () => {
  const { rules, run, prepared, disk } = chain();
  await run(rules);
  disk.write("a.src", "other");
  expect(dryRunText(prepared(rules), plain)).toBe(
    lines(
      "first",
      "    reason: changed input a.src",
      "last",
      "    only if: a.mid will be made first",
      "",
      "job    count  only if",
      "-----  -----  -------",
      "first      1        0",
      "last       0        1",
      "total      1        1",
      "",
      "Jobs in the column `only if` run only if their inputs change.",
      "",
      "This was a dry run: nothing was done.",
    ),
  );
});

test("where all jobs run there is one column, and nothing is said of another", () => {
  const { rules, prepared } = two();
  expect(dryRunText(prepared(rules), quiet)).toBe(
    lines(
      "job    count",
      "-----  -----",
      "first      2",
      "last       2",
      "sum        1",
      "total      5",
      "",
      "This was a dry run: nothing was done.",
    ),
  );
});

test("as JSON each job is a line with its outputs and reason; those that may not run say so", async () => {
  const { rules, run, prepared, disk } = two();
  await run(rules);
  disk.write("b.src", "other");
  expect(json(dryRunJson(prepared(rules)))).toEqual([
    {
      kind: "job",
      rule: "first",
      wildcards: { x: "b" },
      outputs: ["b.mid"],
      reason: "changed input b.src",
    },
    {
      kind: "job",
      rule: "last",
      wildcards: { x: "b" },
      outputs: ["b.end"],
      reason: "b.mid will be made first",
      onlyIf: true,
    },
    {
      kind: "job",
      rule: "sum",
      wildcards: {},
      outputs: ["sum"],
      reason: "b.end will be made first",
      onlyIf: true,
    },
    { kind: "total", jobs: 1, onlyIf: 2 },
  ]);
});

test("what makes a removed file counts as only if, where a job that may run reads it", async () => {
  const b = bench({ src: "one", other: "two" });
  const rules = {
    end: joining(b.disk, ["mid", "kept"], "end"),
    mid: joining(b.disk, "src", "mid"),
    kept: joining(b.disk, "other", "kept"),
  };
  await b.run(rules);
  b.disk.remove("kept");
  b.disk.write("src", "changed");
  const prepared = b.prepared(rules);
  expect(dryRunText(prepared, plain)).toContain(
    lines(
      "kept",
      "    only if: a job that may run needs its removed output",
      "end",
      "    only if: mid will be made first",
      "",
      "job    count  only if",
      "-----  -----  -------",
      "end        0        1",
      "kept       0        1",
      "mid        1        0",
      "total      1        2",
    ),
  );
  expect(json(dryRunJson(prepared))).toContainEqual({
    kind: "job",
    rule: "kept",
    wildcards: {},
    outputs: ["kept"],
    reason: "a job that may run needs its removed output",
    onlyIf: true,
  });
  const ahead = b.plan(rules);
  expect(ahead.jobs().filter((job) => job.onlyIf)).toMatchObject([{ rule: "kept" }, { rule: "end" }]);
  expect(ahead.jobs()).toHaveLength([...ahead.counts.values()].reduce((sum, jobs) => sum + jobs, 0));
  // The run makes it since the input has come out different.
  await b.run(rules);
  expect(b.disk.text("end")).toBe("changedtwo");
});

test("a removed file that nothing needs is named, with how to make it again", async () => {
  const { rules, run, prepared, disk } = two();
  await run(rules);
  disk.remove("a.mid");
  expect(dryRunText(prepared(rules), plain)).toBe(
    lines(
      "Nothing to be done: everything asked for is up to date.",
      "a.mid was removed, but no job that will run needs it. To make a file again, name its path as a target.",
    ),
  );
  disk.remove("b.mid");
  expect(dryRunText(prepared(rules), plain)).toContain(
    "2 files such as a.mid were removed, but no job that will run needs them.",
  );
});

test("an output that is not what was made is named, with what becomes of it", async () => {
  const { rules, run, prepared, disk } = two();
  await run(rules);
  disk.write("a.end", "by hand");
  const text = dryRunText(prepared(rules), plain);
  expect(text).toContain("last (x=a)\n    reason: the output a.end changed since it was made\n");
  const note =
    "changed since it was made: a run makes it again, and keeps the changed file in .braid/replaced. --touch accepts it as it is.";
  expect(text).toContain(`\n\na.end ${note}\n\nThis was a dry run: nothing was done.`);
  disk.write("b.end", "by hand");
  expect(dryRunText(prepared(rules), plain)).toContain(
    "\n\na.end and 1 more output changed since they were made: a run makes them again, and keeps the changed files in .braid/replaced. --touch accepts them as they are.\n",
  );
});

test("of many jobs the first thirty are listed, with --verbose all", () => {
  const b = bench();
  const many = rule({ output: "{n}", run: () => {} });
  const rules = {
    all: rule({ input: expand(many.output, { n: Array.from({ length: 40 }, (_, n) => n) }) }),
    many,
  };
  const text = (verbose: boolean) => dryRunText(b.prepared(rules), { ...plain, verbose });
  expect(text(false).match(/reason:/g)).toHaveLength(30);
  expect(text(false)).toContain("\n... and 11 more jobs\n\njob ");
  expect(text(true).match(/reason:/g)).toHaveLength(41);
  expect(text(true)).not.toContain("more job");
});

test("commands are shown where they are asked for, as text and as JSON", () => {
  const b = bench({ src: "" });
  const rules = {
    end: rule({ input: "mid", output: "end", shell: "tr a b < {input} \\\n  > {output}" }),
    mid: joining(b.disk, "src", "mid"),
  };
  const prepared = b.prepared(rules);
  expect(dryRunText(prepared, { quiet: false, printCommands: true })).toContain(
    lines(
      "mid",
      "    reason: missing output mid",
      "end",
      "    reason: missing output end",
      "    tr a b < mid \\",
      "      > end",
      "",
      "job ",
    ),
  );
  const commands = (printCommands: boolean) =>
    json(dryRunJson(prepared, { printCommands })).map((line) => ("command" in line ? line.command : null));
  expect(commands(true)).toEqual([null, "tr a b < mid \\\n  > end", null]);
  expect(commands(false)).toEqual([null, null, null]);
});
