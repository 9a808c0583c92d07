import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { bench } from "../testing/run-in-memory.ts";
import { summaryRows } from "./summary.ts";

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
  const prepared = bench({ src: "" }).plan(rules);
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

test("rows are made one by one", () => {
  const made = summaryRows(bench({ src: "" }).plan(rules), { detailed: true });
  made.next();
  expect(made.next().value).toMatch(/^part_1\t/);
  expect(made.return(undefined).done).toBe(true);
});
