import { join } from "node:path/posix";
import { expect, test } from "vitest";
import { inventory } from "../disk/inventory.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import { cannot } from "../errors.ts";
import { expand } from "../patterns/expand.ts";
import { directory } from "../rules/marks.ts";
import { madeBy, type Rules, rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { describeJob } from "./plan-errors.ts";
import { Planner } from "./planner.ts";
import type { Plan } from "./table.ts";

const run = () => {};

function plannerFor(rules: Rules, targets: string[], files: string[] = [], order?: string[][]): Planner {
  const disk = memoryFiles(Object.fromEntries(files.map((path) => [path, ""])));
  const planner = new Planner({
    rules: ruleset(rules),
    disk: inventory(disk),
    order,
    real: (path) => join("/work", path),
  });
  planner.add(targets);
  return planner;
}

const names = (plan: Plan) =>
  Array.from({ length: plan.jobCount }, (_, row) => describeJob(plan.ruleOf(row), plan.values(row)));

function jobsFor(rules: Rules, targets: string[], files: string[] = [], order?: string[][]): string[] {
  return names(plannerFor(rules, targets, files, order).plan);
}

const chain = {
  last: rule({ input: "{x}.mid", output: "{x}.end", run }),
  first: rule({ input: "{x}.src", output: "{x}.mid", run }),
};

test("a target is made from what it needs, back to the sources", () => {
  expect(jobsFor(chain, ["a.end"], ["a.src"])).toEqual(["first (x=a)", "last (x=a)"]);
});

test("several targets are planned as one, shared jobs once", () => {
  const rules = {
    ...chain,
    both: rule({ input: "{x}.mid", output: "{x}.other", run }),
  };
  expect(jobsFor(rules, ["a.end", "a.other", "b.end"], ["a.src", "b.src"])).toEqual([
    "first (x=a)",
    "last (x=a)",
    "both (x=a)",
    "first (x=b)",
    "last (x=b)",
  ]);
});

test("a rule without wildcards can be asked for by its name", () => {
  const rules = { all: rule({ input: ["a.end", "b.end"] }), ...chain };
  expect(jobsFor(rules, ["all"], ["a.src", "b.src"])).toHaveLength(5);
});

test("a rule with wildcards cannot be asked for by its name", () => {
  expect(() => jobsFor(chain, ["last"])).toThrow(
    'Cannot make the target "last": its outputs have the wildcards {x}\n' +
      '  Ask for a path instead, as in "{x}.end" with values for them.',
  );
});

test("a job with several outputs is one job, whichever output is asked for", () => {
  const rules = { split: rule({ input: "{x}.src", output: ["{x}.1", "{x}.2"], run }) };
  expect(jobsFor(rules, ["a.2", "a.1"], ["a.src"])).toEqual(["split (x=a)"]);
});

test("of several rules, those whose inputs cannot be made are out", () => {
  const rules = {
    one: rule({ input: "{x}.none", output: "{x}.out", run }),
    two: rule({ input: "{x}.src", output: "{x}.out", run }),
    three: rule({ input: "{x}.gone", output: "{x}.out", run }),
  };
  expect(jobsFor(rules, ["test.out"], ["test.src"])).toEqual(["two (x=test)"]);
});

test("two rules that could both make a file are an error that names both", () => {
  const rules = {
    one: rule({ input: "{x}.src", output: "{x}.out", run }),
    two: rule({ output: "{y}.out", run }),
  };
  expect(() => jobsFor(rules, ["a.out"], ["a.src"])).toThrow(
    'Cannot choose a rule for "a.out": several rules make it\n  rule  one (x=a)\n  rule  two (y=a)',
  );
});

test("the order of rules settles which of two makes a file", () => {
  const rules = {
    one: rule({ output: "{x}.out", run }),
    two: rule({ output: "{y}.out", run }),
    three: rule({ input: "{y}.none", output: "{y}.out", run }),
  };
  expect(jobsFor(rules, ["a.out"], [], [["three", "two", "one"]])).toEqual(["two (y=a)"]);
  expect(() => jobsFor(rules, ["a.out"], [], [["one", "three"]])).toThrow("several rules make it");
});

test("an input can name the rule that is to make it", () => {
  const b = rule({ output: "x.txt", run });
  const c = rule({ output: "x.txt", run });
  const d = rule({ input: madeBy(b, b.output), output: "d.txt", run });
  expect(jobsFor({ d, b, c }, ["d.txt"])).toEqual(["b", "d"]);
  const stranger = rule({ input: madeBy(rule({ output: "x.txt", run }), "x.txt"), output: "e.txt", run });
  expect(() => jobsFor({ stranger, b }, ["e.txt"])).toThrow(
    "the rule that madeBy() names is not in the workflow",
  );
});

test("where a path can be split in two ways, the wildcards of the job that needs it decide", () => {
  const rules = {
    all: rule({ input: "a.r1.done" }),
    use: rule({ input: "foo.{sample}{read}.fq", output: "{sample}.{read}.done", run }),
    make: rule({ output: "foo.{sample}{read}.fq", run }),
  };
  expect(jobsFor(rules, ["all"])).toEqual(["make (sample=a, read=r1)", "use (sample=a, read=r1)", "all"]);
  expect(jobsFor(rules, ["foo.ar1.fq"])).toEqual(["make (sample=ar, read=1)"]);
});

test("of a rule, each output that a path matches is tried, with its own wildcards", () => {
  const a = rule({ input: "raw{n}", output: { x: "a/{n}", y: "a/{n}.t" }, run });
  expect(jobsFor({ a }, ["a/1.t"], ["raw1"])).toEqual(["a (n=1)"]);
  expect(jobsFor({ a }, ["a/1.t"], ["raw1.t"])).toEqual(["a (n=1.t)"]);
  expect(() => jobsFor({ a }, ["a/1.t"], ["raw1", "raw1.t"])).toThrow(
    'Cannot choose a rule for "a/1.t": several rules make it\n  rule  a (n=1.t)\n  rule  a (n=1)\n',
  );
  // What stands of it was made by this rule, whose source is gone.
  expect(() => jobsFor({ a }, ["a/1.t"], ["a/1.t"])).toThrow('Cannot make "raw1.t": no rule makes it');
  const b = rule({ input: "a/{n}.t", output: "b/{n}", run });
  expect(jobsFor({ a, b }, ["b/1"], ["raw1", "raw1.t"])).toEqual(["a (n=1)", "b (n=1)"]);
  const free = rule({ output: ["c/{n}", "c/{n}.t"], run });
  const all = rule({ input: "c/{n}.t", output: "d/{n}", run });
  expect(jobsFor({ free, all }, ["d/1"])).toEqual(["free (n=1)", "all (n=1)"]);
});

test("rules that need each other do not make a file possible", () => {
  const rules = {
    ping: rule({ input: "{x}.b", output: "{x}.a", run }),
    pong: rule({ input: "{x}.a", output: "{x}.b", run }),
    plain: rule({ output: "{x}.a", run }),
  };
  expect(jobsFor(rules, ["1.b"])).toEqual(["plain (x=1)", "pong (x=1)"]);
});

test("two jobs that would write one file are an error, asked for or not", () => {
  const rules = {
    all: rule({ input: ["a.1", "a.2"] }),
    one: rule({ output: ["{x}.1", "{x}.shared"], run }),
    two: rule({ output: ["{x}.2", "{x}.shared"], run }),
  };
  expect(() => jobsFor(rules, ["all"])).toThrow(
    'Cannot plan "a.shared": two jobs would write it\n  job  one (x=a)\n  job  two (x=a)',
  );
});

test("an output inside a folder that another job makes is an error", () => {
  const rules = {
    all: rule({ input: ["a/model", "a/model/notes.txt"] }),
    model: rule({ output: directory("{x}/model"), run }),
    notes: rule({ output: "{x}/model/notes.txt", run }),
  };
  expect(() => jobsFor(rules, ["all"])).toThrow(
    'Cannot plan "a/model/notes.txt": it lies in a folder that another job makes',
  );
});

test("an output below a file that a job makes is an error, where both are in the plan", () => {
  const rules = {
    all: rule({ input: ["a", "a/b/c"] }),
    file: rule({ output: "{x}", run }),
    deep: rule({ output: "{x}/{y}/c", run }),
    both: rule({ output: ["f/{x}.txt", "f/{x}.txt/y"], run }),
  };
  expect(() => jobsFor(rules, ["all"])).toThrow(
    'Cannot plan "a/b/c": it lies in a file that another job makes\n  job      deep (x=a, y=b)\n  file     a\n  made by  file (x=a)',
  );
  expect(jobsFor(rules, ["a/b/c", "b"])).toEqual(["deep (x=a, y=b)", "file (x=b)"]);
  expect(() => jobsFor(rules, ["f/1.txt"])).toThrow("it lies in a file that the same job makes");
});

test("an output below a file is found whatever stands between the wildcards", () => {
  const clash = (above: string, below: string, paths: string[]) =>
    expect(() =>
      jobsFor(
        { one: rule({ output: above as "x", run }), other: rule({ output: below as "x", run }) },
        paths,
      ),
    );
  clash("a_{x}", "{y}_1/z", ["a_1", "a_1/z"]).toThrow("it lies in a file");
  clash("a_1", "a_{x}/z", ["a_1", "a_1/z"]).toThrow("it lies in a file");
  clash("{x,.+}.txt", "{y}/z", ["d/a.txt", "d/a.txt/z"]).toThrow();
  clash("a_{x}", "b_{x}/z", ["a_1", "b_1/z"]).not.toThrow();
});

test("one job may make a folder and files in it", () => {
  const rules = { one: rule({ output: [directory("{x}/model"), "{x}/model/notes.txt"], run }) };
  expect(jobsFor(rules, ["a/model/notes.txt", "a/model"])).toEqual(["one (x=a)"]);
});

test("a missing file names who wants it, what else is missing and what was probably meant", () => {
  const rules = {
    use: rule({ input: ["obs_{x}.csv", "more_{x}.csv"], output: "out/{x}.txt", run }),
    ...chain,
  };
  expect(() => jobsFor(rules, ["out/1.txt"])).toThrow(
    'Cannot make "obs_1.csv": no rule makes it and the file does not exist\n' +
      "  wanted by    use (x=1)\n" +
      "  missing too  more_1.csv",
  );
  expect(() => jobsFor(rules, ["out/1.tx"])).toThrow('closest  use makes "out/{x}.txt"');
  expect(() => jobsFor(rules, ["lasst"])).toThrow("closest  the rule last");
});

test("the missing file that is told is the one that stops the target, deep below it", () => {
  const rules = {
    fine: rule({ input: "{x}.unmade", output: "{x}.there", run }),
    use: rule({ input: ["a.there", "{x}.mid"], output: "{x}.end", run }),
    first: chain.first,
  };
  expect(() => jobsFor(rules, ["b.end"], ["a.there"])).toThrow('Cannot make "b.src"');
});

test("a file that exists is taken as it is where its own inputs are gone", () => {
  expect(jobsFor(chain, ["a.end"], ["a.mid"])).toEqual(["last (x=a)"]);
});

test("a target cannot be made where its own inputs are gone, even if it exists; for other jobs it is a source", () => {
  const gone = 'Cannot make "a.src": no rule makes it and the file does not exist\n  wanted by  first (x=a)';
  expect(() => jobsFor(chain, ["a.mid"], ["a.mid"])).toThrow(gone);
  expect(() => jobsFor(chain, ["a.end", "a.mid"], ["a.mid", "a.end"])).toThrow(gone);
  expect(() => jobsFor(chain, ["a.end"], ["a.end"])).toThrow(gone);
  const all = { all: rule({ input: "a.end" }), ...chain };
  expect(jobsFor(all, ["all"], ["a.end"])).toEqual(["all"]);
  expect(() => jobsFor(all, ["all"], [])).toThrow(gone);
});

test.each([
  ["./{x}.mid", "{x}.mid"],
  ["{x}.mid", "./{x}.mid"],
  [".//{x}.mid/", "{x}.mid"],
  ["d/./{x}", "d//{x}"],
])("paths that name the same file are one: %s, %s", (input, output) => {
  const rules = {
    last: rule({ input: input as "{x}.mid", output: "{x}.end", run }),
    first: rule({ input: "../{x}.src", output: output as "{x}.mid", run }),
  };
  expect(jobsFor(rules, ["a.end"], ["../a.src"])).toEqual(["first (x=a)", "last (x=a)"]);
  expect(jobsFor(rules, [output.replace("{x}", "a")], ["../a.src"])).toEqual(["first (x=a)"]);
});

test.each(["/work/a.mid", "../work/a.mid", "/work/../work//a.mid", "d/../a.mid"])(
  "an output that a job reads as a source, by another path, is refused: %s",
  (input) => {
    const rules = { ...chain, last: rule({ input: input as "a", output: "end", run }) };
    expect(() => plannerFor(rules, ["end"], ["a.src", input])).toThrow(
      `it is the same file as "a.mid", which first (x=a) makes`,
    );
  },
);

test("a log that another job makes, or whose folder another job makes, is an error", () => {
  const first = rule({ input: "s", output: "x", run });
  const second = (log: string) => rule({ input: "x", output: "y", log: log as "l", run });
  const planned = (rules: Rules) => () =>
    plannerFor(rules, ["y", ...(Object.keys(rules).includes("d") ? ["d"] : [])], ["s"]);
  expect(planned({ second: second("./x"), first })).toThrow('Cannot plan "x": two jobs would write it');
  const d = rule({ output: directory("d"), run });
  expect(planned({ second: second("d/log"), first, d })).toThrow("d/log");
  expect(planned({ second: second("log"), first, d })).not.toThrow();
  expect(planned({ second: second("y"), first })).toThrow('its log "y" is also one of its outputs');
});

test("jobs that need each other are an error that shows the round", () => {
  const rules = {
    one: rule({ input: "b", output: "a", run }),
    two: rule({ input: "a", output: "b", run }),
  };
  expect(() => jobsFor(rules, ["a"])).toThrow(
    'Cannot order the jobs "a": it needs itself\n  job    one\n  needs  two\n  needs  one',
  );
});

test("a rule that needs its own output in ever longer paths is an error", () => {
  const rules = { more: rule({ input: "{x}.txt.txt", output: "{x}.txt", run }) };
  expect(() => jobsFor(rules, ["a.txt"])).toThrow("the rule more needs its own output, without end");
  const two = {
    one: rule({ input: "{x}.b.b", output: "{x}.a", run }),
    other: rule({ input: "{x}.a.a", output: "{x}.b", run }),
  };
  expect(() => jobsFor(two, ["x.a"])).toThrow("outputs, without end");
});

test("an output that no disk takes is an error of the plan, told in a length that can be read", () => {
  const rules = { one: rule({ output: "{x}.txt", run }) };
  const planning = (x: string) => jobsFor(rules, [`${x}.txt`]);
  expect(() => planning("n".repeat(300))).toThrow(
    /^Cannot plan "n{80}\.\.\.n{56}\.txt": the path is too long for any disk\n {2}rule {7}one\n {2}wildcards {2}x=n{57}\.\.\.\n {2}bytes {6}304, at most 4095; the longest name in it 304, at most 255/,
  );
  // 266 bytes in 135 characters.
  expect(() => planning("ü".repeat(131))).toThrow("the path is too long for any disk");
  expect(planning("ü".repeat(125))).toHaveLength(1);
});

test("endless recursion beside another possible rule is no obstacle", () => {
  const rules = {
    more: rule({ input: "{x}.txt.txt", output: "{x}.txt", run }),
    plain: rule({ output: "{x}.txt", constraints: { x: "[a-z]+" }, run }),
  };
  expect(jobsFor(rules, ["a.txt"])).toEqual(["plain (x=a)"]);
});

test("a chain of 200,000 jobs is planned", () => {
  const rules = {
    step: rule({ input: (w) => `${Number(w.n) - 1}.txt`, output: "{n,[1-9][0-9]*}.txt", run }),
  };
  const { plan } = plannerFor(rules, ["200000.txt"], ["0.txt"]);
  expect(plan.jobCount).toBe(200_000);
  expect([plan.key(0), plan.key(199_999)]).toEqual(["1.txt", "200000.txt"]);
});

test("a chain of 20,000 jobs in which two rules compete is planned", () => {
  const step = (n: string) => `${Number(n) - 1}.txt`;
  const rules = {
    step: rule({ input: (w) => step(w.n), output: "{n,[1-9][0-9]*}.txt", run }),
    other: rule({ input: (w) => [step(w.n), "none"], output: "{n,[1-9][0-9]*}.txt", run }),
  };
  expect(jobsFor(rules, ["20000.txt"], ["0.txt"])).toHaveLength(20_000);
});

test("rules that gather over the same expansion share its files", () => {
  const all = expand("{x}.mid", { x: ["a", "b"] });
  const rules = {
    one: rule({ input: all, output: "one.txt", run }),
    two: rule({ input: { parts: all, extra: "extra" }, output: "two.txt", run }),
    first: chain.first,
  };
  const { plan } = plannerFor(rules, ["one.txt", "two.txt"], ["a.src", "b.src", "extra"]);
  expect(names(plan)).toEqual(["first (x=a)", "first (x=b)", "one", "two"]);
  expect(plan.gatherCount).toBe(1);
  expect(plan.gathers(2)).toEqual(plan.gathers(3));
  expect(plan.inputPaths(3)).toEqual(["extra", "a.mid", "b.mid"]);
});

test("an input function gives one path, a list or a record", () => {
  const rules = {
    one: rule({ input: (w) => `${w.x}.src`, output: "{x}.1", run }),
    list: rule({ input: (w) => [`${w.x}.1`, "{x}.src"], output: "{x}.2", run }),
    record: rule({
      input: (w) => ({ a: `${w.x}.2`, b: expand("{y}.src", { y: [w.x] }) }),
      output: "{x}.3",
      run,
    }),
  };
  const { plan } = plannerFor(rules, ["a.3"], ["a.src", "{x}.src"]);
  expect(names(plan)).toEqual(["one (x=a)", "list (x=a)", "record (x=a)"]);
  expect(plan.inputPaths(1)).toEqual(["a.1", "{x}.src"]);
  expect(plan.inputPaths(2)).toEqual(["a.2", "a.src"]);
});

test("an input function that throws is told with its job", () => {
  const rules = {
    one: rule({
      input: (w) => {
        throw new Error(`no sample ${w.x}`);
      },
      output: "{x}.1",
      run,
    }),
  };
  expect(() => jobsFor(rules, ["a.1"])).toThrow('Cannot plan "one (x=a)": its input function failed');
});

test("an input function that refuses a job does so in its own words", () => {
  const input = () => {
    throw cannot("compare factors", "5", "there is no other", { hint: "List two." });
  };
  const rules = { one: rule({ input, output: "{x}.1", run }) };
  expect(() => jobsFor(rules, ["a.1"])).toThrow(
    'Cannot compare factors "5": there is no other\n  List two.\n  job  one (x=a)',
  );
});

test("no output leaves the working folder, whatever a wildcard might stand for", () => {
  const rules = { any: rule({ output: "{a}/data/{x,.+}", run }) };
  for (const path of ["../data/x", "a/data/../../x", "/a/data/x"])
    expect(() => jobsFor(rules, [path])).toThrow("no rule makes it");
});

test("a source that many jobs lack is told once, and each source that is missing by the rule that needs it", () => {
  const rules = {
    all: rule({ input: ["1.out", "2.out", "other"] }),
    use: rule({ input: ["common", "{x}.in"], output: "{x}.out", run }),
    other: rule({ input: "common2", output: "other", run }),
  };
  expect(() => jobsFor(rules, ["all"])).toThrow(
    'Cannot make "common": no rule makes it and the file does not exist\n' +
      "  wanted by    use (x=1)\n" +
      "  missing too  1.in\n" +
      "  missing too  2.in\n" +
      "  missing too  common2 (wanted by other)",
  );
});

test("a job without outputs is one job, whether its name, its log or both are asked for", () => {
  const rules = {
    check: rule({ input: "source", log: "check.log", run }),
    end: rule({ input: "check.log", output: "end", run }),
  };
  for (const targets of [
    ["check", "check.log"],
    ["check.log", "check"],
    ["end", "check"],
    ["check", "end"],
  ])
    expect(jobsFor(rules, targets, ["source"])).toEqual(
      targets.includes("end") ? ["check", "end"] : ["check"],
    );
});

test("a job without outputs that needs its own log is an error", () => {
  for (const input of ["check.log", "between"]) {
    const rules = {
      check: rule({ input, log: "check.log", run }),
      between: rule({ input: "check.log", output: "between", run }),
    };
    expect(() => jobsFor(rules, ["check"])).toThrow('Cannot order the jobs "check": it needs itself');
  }
});
