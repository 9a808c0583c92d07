import { expect, test } from "vitest";
import { inventory } from "../disk/inventory.ts";
import { memoryFiles } from "../disk/memory-files.ts";
import { expand } from "../patterns/expand.ts";
import { directory } from "../rules/marks.ts";
import { after, madeBy, type Rules, rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { inputsOf, type PlannedJob, plan } from "./dag.ts";
import { describeJob } from "./plan-errors.ts";

const run = () => {};

function planned(rules: Rules, targets: string[], files: string[] = [], order?: string[][]) {
  const disk = memoryFiles(Object.fromEntries(files.map((path) => [path, ""])));
  return plan(ruleset(rules), targets, inventory(disk), order);
}

const names = (jobs: readonly PlannedJob[]) => jobs.map((job) => describeJob(job.rule, job.values));

function jobsFor(rules: Rules, targets: string[], files: string[] = [], order?: string[][]) {
  return names(planned(rules, targets, files, order).jobs);
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
  expect(() => jobsFor(rules, ["a.txt"])).toThrow(
    "the rule more needs its own output again and again, without end",
  );
  const two = {
    one: rule({ input: "{x}.b.b", output: "{x}.a", run }),
    other: rule({ input: "{x}.a.a", output: "{x}.b", run }),
  };
  expect(() => jobsFor(two, ["x.a"])).toThrow("again and again, without end");
});

test("an output that no disk takes is an error of the plan, told in a length that can be read", () => {
  const rules = { one: rule({ output: "{x}.txt", run }) };
  const plan = (x: string) => jobsFor(rules, [`${x}.txt`]);
  expect(() => plan("n".repeat(300))).toThrow(
    /^Cannot plan "n{80}\.\.\.n{56}\.txt": no disk takes so long a path\n {2}rule {7}one\n {2}wildcards {2}x=n{57}\.\.\.\n {2}bytes {6}304, at most 4095; the longest name in it 304, at most 255/,
  );
  // 266 bytes in 135 characters.
  expect(() => plan("ü".repeat(131))).toThrow("no disk takes so long a path");
  expect(plan("ü".repeat(125))).toHaveLength(1);
});

test("endless recursion beside another possible rule is no obstacle", () => {
  const rules = {
    more: rule({ input: "{x}.txt.txt", output: "{x}.txt", run }),
    plain: rule({ output: "{x}.txt", constraints: { x: "[a-z]+" }, run }),
  };
  expect(jobsFor(rules, ["a.txt"])).toEqual(["plain (x=a)"]);
});

test("a chain of 20,000 jobs is planned", () => {
  const rules = {
    step: rule({ input: (w) => `${Number(w.n) - 1}.txt`, output: "{n,[1-9][0-9]*}.txt", run }),
  };
  expect(jobsFor(rules, ["20000.txt"], ["0.txt"])).toHaveLength(20_000);
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
  const { jobs } = planned(rules, ["one.txt", "two.txt"], ["a.src", "b.src", "extra"]);
  const [one, two] = jobs.filter((job) => job.gathers.length > 0);
  expect(one!.gathers[0]).toBe(two!.gathers[0]);
  expect([...inputsOf(two!)].map((file) => file.path)).toEqual(["extra", "a.mid", "b.mid"]);
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
  const { jobs } = planned(rules, ["a.3"], ["a.src", "{x}.src"]);
  expect(names(jobs)).toEqual(["one (x=a)", "list (x=a)", "record (x=a)"]);
  expect([...inputsOf(jobs[1]!)].map((file) => file.path)).toEqual(["a.1", "{x}.src"]);
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

test("no output leaves the working folder, whatever a wildcard might stand for", () => {
  const rules = { any: rule({ output: "{a}/data/{x,.+}", run }) };
  for (const path of ["../data/x", "a/data/../../x", "/a/data/x"])
    expect(() => jobsFor(rules, [path])).toThrow("no rule makes it");
});

test("a plan grows by what a job asks for when its first inputs are made", () => {
  const rules = {
    all: rule({
      input: after("list.txt", () => expand("{x}.mid", { x: ["a", "b"] })),
      output: "all.txt",
      run,
    }),
    list: rule({ output: "list.txt", run }),
    first: chain.first,
  };
  const grown = planned(rules, ["all.txt"], ["a.src", "b.src"]);
  expect(names(grown.jobs)).toEqual(["list", "all"]);
  const all = grown.jobs[1]!;
  expect(names(grown.grow(all))).toEqual(["first (x=a)", "first (x=b)"]);
  expect([...inputsOf(all)].map((file) => file.path)).toEqual(["list.txt", "a.mid", "b.mid"]);
  expect(grown.grow(all)).toEqual([]);
});
