import { expect, test } from "vitest";
import { expand, expandedPaths } from "../patterns/expand.ts";
import { ancient, directory, ensure, multiext, protect, report, temp, touch } from "./marks.ts";
import { madeBy, rule } from "./rule.ts";
import { ruleset } from "./ruleset.ts";

test("a marked file in a text is its pattern, whatever its marks", () => {
  for (const mark of [temp, protect, directory, touch, ancient])
    expect(`${mark("x_{a}")}.bai`).toBe("x_{a}.bai");
  expect(`${ensure(temp(directory("x")), { nonEmpty: true })}`).toBe("x");
  expect(`${madeBy(rule({ output: "x" }), temp("x"))}`).toBe("x");
  expect([temp("a"), protect("b")].join(" ")).toBe("a b");
});

test("marks nest and keep what was said before", () => {
  const maker = rule({ output: "x" });
  expect(temp(ensure(madeBy(maker, directory("x")), { nonEmpty: true }))).toMatchObject({
    kind: "marked",
    pattern: "x",
    marks: { temp: true, directory: true, ensure: { nonEmpty: true } },
    maker,
  });
});

test("a marked output is expanded as its pattern, and as an input of others in a template string", () => {
  const bam = rule({ output: { bam: temp("{s}.bam"), log: "{s}.txt" }, run: () => {} });
  expect(expandedPaths(expand(bam.output.bam, { s: ["a", "b"] }))).toEqual(["a.bam", "b.bam"]);
  expect(expandedPaths(expand([bam.output.bam, bam.output.log], { s: ["a"] }))).toEqual(["a.bam", "a.txt"]);
  expect(expandedPaths(expand(`${bam.output.bam}.bai`, { s: ["a"] }))).toEqual(["a.bam.bai"]);
  const [index] = ruleset({ index: rule({ input: `${bam.output.bam}`, output: "{s}.bai", run: () => {} }) });
  expect(index!.singles[0]!.fill(["a"])).toBe("a.bam");
});

test("what is ancient stays so when it is expanded", () => {
  expect(expand(ancient("{s}.csv"), { s: [1] }).ancient).toBe(true);
  expect(expand(temp("{s}.csv"), { s: [1] }).ancient).toBeUndefined();
  expect(() => expand([ancient("{s}.csv"), "{s}.txt"], { s: [1] })).toThrow(
    'Cannot expand "{s}.csv": only some of the patterns are ancient\n  Expand them separately: ancient(expand("{s}.csv", ...)).',
  );
});

test("the maker of one file is not that of many", () => {
  expect(() => expand(madeBy(rule({ output: "{s}.csv" }), "{s}.csv"), { s: [1] })).toThrow(
    'Cannot expand "{s}.csv": madeBy() names the maker of a single file',
  );
});

test("an ending leads into no other folder", () => {
  expect(multiext("a/{x}", ".bam", ".bai")).toEqual(["a/{x}.bam", "a/{x}.bai"]);
  for (const ending of ["/b.txt", "x/y", "\\b"])
    expect(() => multiext("a", ".bam", ending)).toThrow(
      `Cannot add endings to "a": "${ending}" has a path separator\n  An ending cannot lead to another folder`,
    );
  expect(() => multiext(temp("a_{x}") as never, ".bam")).toThrow(
    'Cannot add endings to "a_{x}": it is not a string\n  Mark each of the files instead',
  );
});

test("what a report says of an output is a mark like the others", () => {
  const words = { caption: "Flow at {s}, m3/s", category: "Figures" } as const;
  const plot = rule({ output: protect(report("{s}.svg", words)), run: () => {} });
  expect(plot.output).toMatchObject({ pattern: "{s}.svg", marks: { protect: true, report: words } });
  expect(`${report("x.csv", { caption: "All scores" })}`).toBe("x.csv");
  expect(ruleset({ plot })[0]!.outputs[0]!.marks.report).toEqual(words);
});

test("a caption is a sentence with wildcards of the path, and nothing else is said", () => {
  const read = (words: object) => () =>
    ruleset({ plot: rule({ output: report("{s}.svg", words as never), run: () => {} }) });
  const example = 'report("plot.svg", { caption: "Flow by day, m3/s", category: "Figures" })';
  expect(read({})).toThrow(
    `Cannot read the rule "plot": an output that a report shows has no caption\n  output  {s}.svg\n  Say what it shows: ${example}.`,
  );
  expect(read({ caption: " " })).toThrow("an output that a report shows has no caption");
  expect(read({ caption: "Flow", category: 3 })).toThrow(
    `Cannot read the rule "plot": the category of an output in reports is not a text\n  output  {s}.svg\n  Name it: ${example}.`,
  );
  expect(read({ caption: "Flow at {site}" })).toThrow(
    'Cannot read the rule "plot": Wildcard {site} is not in the output path\n  output  {s}.svg\n  Write {{ and }} for plain braces in a caption.',
  );
  expect(read({ caption: "Flow", categroy: "x" })).toThrow(
    'Cannot read the rule "plot": what a report says of an output: it has the unknown key "categroy"\n  output  {s}.svg\n  Did you mean "category"?',
  );
  expect(read({ caption: "A set {{1, 2}} at {s}" })).not.toThrow();
});
