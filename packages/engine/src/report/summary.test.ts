import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { bench } from "../testing/run-in-memory.ts";
import { summaryRows } from "./summary.ts";
import { whyOf, whyText } from "./why.ts";

const rules: Rules = {
  all: rule({ input: "sum" }),
  sum: rule({
    input: { parts: expand("part_{n}", { n: ["1", "2"] }), more: "src" },
    output: "sum",
    shell: "cat {input.parts} \\\n  > {output}\n\techo {input.more:q}\n",
  }),
  part: rule({ output: ["part_{n}", "log_{n}"], run: () => {} }),
};

function rows(detailed: boolean) {
  const prepared = bench({ src: "" }).prepared(rules);
  return [...summaryRows(prepared, { detailed })].map((row) => row.split("\t"));
}

test("a detailed summary has the inputs and the command of each output beside", () => {
  const [header, ...body] = rows(true);
  expect(header).toEqual(
    "output_file date rule log-file(s) input-file(s) shellcmd status plan s cpu_time max_rss".split(" "),
  );
  expect(body.map(([file, , , , inputs, command]) => [file, inputs, command])).toEqual([
    ["part_1", "-", "-"],
    ["log_1", "-", "-"],
    ["part_2", "-", "-"],
    ["log_2", "-", "-"],
    ["sum", "src,part_1,part_2", "cat part_1 part_2 \\;   > sum;  echo src"],
  ]);
  expect(body.map((row) => row.length)).toEqual(body.map(() => header!.length));
});

test("without the details it is the same table", () => {
  const short = rows(false);
  expect(rows(true).map((row) => row.toSpliced(4, 2))).toEqual(short);
  expect(short.at(-1)).toEqual(["sum", "-", "sum", "-", "missing", "update pending", "-", "-", "-"]);
});

test("a path with line breaks or tabs stays in its column of one line", () => {
  const odd: Rules = {
    all: rule({ input: expand("made_{n}", { n: ["a\nb", "c\td\u001b"] }) }),
    made: rule({ input: "src_{n}", output: "made_{n}", shell: "cp {input:q} {output:q}" }),
  };
  const { disk, prepared } = bench();
  for (const name of ["src_a\nb", "src_c\td\u001b"]) disk.write(name, "");
  const lines = [...summaryRows(prepared(odd), { detailed: true })].join("\n").split("\n");
  const columns = lines.map((line) => line.split("\t"));
  expect(columns.map(({ length }) => length)).toEqual([11, 11, 11]);
  expect(columns.slice(1).map((row) => [row[0], row[4]])).toEqual([
    ["made_a\\nb", "src_a\\nb"],
    ["made_c\\td\\x1b", "src_c\\td\\x1b"],
  ]);
});

test("rows are made one by one", () => {
  const made = summaryRows(bench({ src: "" }).prepared(rules), { detailed: true });
  made.next();
  expect(made.next().value).toMatch(/^part_1\t/);
  expect(made.return(undefined).done).toBe(true);
});

test("the log of a job is the one that its rule names, or that of its call, where such a file stands", async () => {
  const b = bench();
  const writing = (output: string, log?: string) =>
    rule({
      output: output as "x",
      ...(log === undefined ? {} : { log: log as "x" }),
      run: (job) => b.disk.write(job.output as string, ""),
    });
  const all: Rules = {
    all: rule({ input: ["one_1", "two", "three"] }),
    one: writing("one_{n}", "logs/{n}.txt"),
    two: writing("two"),
    three: writing("three"),
  };
  await b.run(all);
  const prepared = b.prepared(all);
  const call = `.braid/logs/${prepared.history.runs[0]!.id}/two-${prepared.history.traces.get("two")!.call}.log`;
  b.disk.write(call, "said");
  const logs = [...summaryRows(prepared)].slice(1).map((row) => row.split("\t")[3]);
  expect(logs).toEqual(["logs/1.txt", call, "-"]);
  const { plan } = prepared;
  const job = plan.maker(plan.find("one_1"));
  expect(whyText(whyOf(prepared, job, "one_1"))).toContain("  log      logs/1.txt");
});

test("times that are shares of a batch's time are marked with `~`, and own times are not", async () => {
  const b = bench();
  const all: Rules = {
    all: rule({ input: ["one", ...["1", "2"].map((n) => `part_${n}`)] }),
    one: rule({ output: "one", run: ({ output }) => b.disk.write(output, "") }),
    part: rule({
      output: "part_{n}",
      batch: 2,
      async runBatch(jobs) {
        // All at once: a loop would tell when each job begins.
        const together = [jobs[0]!, jobs[1]!];
        await new Promise((resolve) => setTimeout(resolve, 20));
        for (const job of together) {
          b.disk.write(job.output, "");
          job.done();
        }
      },
    }),
  };
  await b.run(all, { slots: 1 });
  const times = [...summaryRows(b.prepared(all))].slice(1).map((row) => row.split("\t").at(-3));
  expect(times).toEqual([
    expect.stringMatching(/^\d+\.\d{3}$/),
    expect.stringMatching(/^~0\.0\d\d$/),
    expect.stringMatching(/^~0\.0\d\d$/),
  ]);
});
