/** Targets, chaining and wildcards, after Snakemake's own tests (their names in brackets). */
import { expand, globWildcards, madeBy, rule } from "braid-engine";
import { expect, test } from "vitest";
import { newCase } from "./case.ts";

const cat = "cat {input} > {output}";

test("the first rule is the default target; of two that make a file the order decides; hooks run [test01]", async () => {
  const one = newCase({ "test.in": "testz0r" });
  const called: string[] = [];
  const rules = {
    rule1: rule({
      input: "test.inter",
      output: "test.out",
      log: "logs/a.log",
      resources: { threads: 3 },
      shell: cat,
    }),
    rule2: rule({ input: "test.in", output: "test.inter", shell: cat }),
    rule4: rule({ input: "test.in", output: "test.inter", shell: "echo wrong > {output}" }),
  };
  const hooks = { onStart: () => void called.push("start"), onSuccess: () => void called.push("success") };
  await one.run(rules, { settings: { ruleOrder: [["rule2", "rule4"]], hooks } });
  expect(one.ran()).toEqual(["rule2", "rule1"]);
  expect(one.text("test.out")).toBe("testz0r");
  expect(called).toEqual(["start", "success"]);
});

test("wildcard values flow from what is wanted to what is needed; the log's folder is made [test02]", async () => {
  const one = newCase({ "test.in": "x" });
  await one.run({
    all: rule({ input: "test.out" }),
    second: rule({
      input: "{name}.inter",
      output: "{name}.out",
      log: "deep/log/{name}.log",
      shell: `${cat} 2> {log}`,
    }),
    first: rule({ input: "{name}.in", output: "{name}.inter", shell: cat }),
  });
  expect(one.ran()).toEqual(["first (name=test)", "second (name=test)", "all"]);
  expect(one.exists("deep/log/test.log")).toBe(true);
});

test("of three rules with one pattern the only feasible one is taken [test04]", async () => {
  const one = newCase({ "test.in": "right" });
  const rules = {
    a: rule({ input: "{x}.none", output: "{x}.out", shell: cat }),
    b: rule({ input: "{x}.in", output: "{x}.out", shell: cat }),
    c: rule({ input: "{x}.gone", output: "{x}.out", shell: cat }),
  };
  await one.run(rules, { targets: ["test.out"] });
  expect(one.text("test.out")).toBe("right");
});

test("a wildcard may stay open in an expansion; one job feeds three; a shared input is made once [test05]", async () => {
  const one = newCase({ "test.in": "i" });
  await one.run(
    {
      all: rule({ input: "test.predictions" }),
      gather: rule({
        input: expand("{name}.{chr}.inter2", { chr: [1, 2, 3] }),
        output: "{name}.predictions",
        shell: cat,
      }),
      each: rule({ input: ["{name}.{chr}.inter", "other.txt"], output: "{name}.{chr}.inter2", shell: cat }),
      split: rule({
        input: "{name}.in",
        output: ["{name}.1.inter", "{name}.2.inter", "{name}.3.inter"],
        resources: { gpu: 1, io: 2 },
        shell: "for f in {output}; do cat {input} > $f; done",
      }),
      other: rule({ output: "other.txt", shell: "printf o > {output}" }),
    },
    { limits: new Map([["io", 2]]) },
  );
  expect(one.text("test.predictions")).toBe("ioioio");
  expect(one.ran().filter((job) => job === "other")).toHaveLength(1);
});

test("two targets in one run [test07, test08]", async () => {
  const one = newCase();
  await one.run(
    { r: rule({ output: "{x}.out", shell: "echo {wildcards.x} > {output}" }) },
    { targets: ["a.out", "b.out"] },
  );
  expect(one.ran().sort()).toEqual(["r (x=a)", "r (x=b)"]);
});

test("an inline constraint decides how a name is split [test13]", async () => {
  const one = newCase();
  await one.run(
    {
      r: rule({
        output: "test.{algorithm}-p{param,[0-9]+}-improved.out",
        shell: "echo {wildcards.algorithm} {wildcards.param} > {output}",
      }),
    },
    { targets: ["test.algo1-p7-improved.out"] },
  );
  expect(one.text("test.algo1-p7-improved.out")).toBe("algo1 7\n");
});

test("inline constraints win over the rule's, these over the workflow's [test_wildcard_keyword]", async () => {
  const one = newCase();
  const say = (who: string) => `echo ${who} {wildcards.foo} > {output}; echo {wildcards.foo} > {log}`;
  const rules = {
    inline: rule({
      output: "{foo,[0-9]+}.x",
      constraints: { foo: "nothing" },
      log: "{foo}.log",
      shell: say("inline"),
    }),
    own: rule({ output: "{foo}.x", constraints: { foo: "[a-z]+" }, log: "{foo}.log", shell: say("own") }),
    global: rule({ output: "{foo}.x", log: "{foo}.log", shell: say("global") }),
  };
  await one.run(rules, { targets: ["1.x", "a.x", "A.x"], settings: { constraints: { foo: "[A-Z]+" } } });
  expect(["1.x", "a.x", "A.x", "A.log"].map(one.text)).toEqual([
    "inline 1\n",
    "own a\n",
    "global A\n",
    "A\n",
  ]);
});

test("where a name can be split in two ways, the job that needs it decides [test_match_by_wildcard_names]", async () => {
  const one = newCase();
  await one.run({
    all: rule({ input: "a.r1.out" }),
    use: rule({ input: "foo.{sample}{read}.fq", output: "{sample}.{read}.out", shell: cat }),
    make: rule({
      output: "foo.{sample}{read}.fq",
      shell: "echo {wildcards.sample} {wildcards.read} > {output}",
    }),
  });
  expect(one.text("a.r1.out")).toBe("a r1\n");
});

test("an input may name the rule that makes it, though another could [test_ruledeps]", async () => {
  const one = newCase();
  const b = rule({ output: "{x,[a-z]+}.txt", shell: "echo b > {output}" });
  const c = rule({ output: "{x}.txt", shell: "echo c > {output}" });
  await one.run({ d: rule({ input: madeBy(b, "test.txt"), output: "out", shell: cat }), b, c });
  expect(one.text("out")).toBe("b\n");
});

test("two jobs that would write one file are an error, though nobody asks for it [test_ambiguousruleexception]", async () => {
  const one = newCase();
  const rules = {
    all: rule({ input: ["A/s.txt", "B/s.txt"] }),
    a: rule({ output: ["A/{sample}.txt", "C/{sample}.txt"], shell: "touch {output}" }),
    b: rule({ output: ["B/{sample}.txt", "C/{sample}.txt"], shell: "touch {output}" }),
  };
  await expect(one.run(rules)).rejects.toThrow('Cannot plan "C/s.txt": two jobs would write it');
});

test("the wildcards of the files that stand [test_globwildcards]", () => {
  const one = newCase({
    "test.0.txt": "",
    "test.1.txt": "",
    "test_a_a.txt": "",
    "test_b_b.txt": "",
    "test_a_b.txt": "",
  });
  expect(globWildcards("test.{id}.txt", one.folder)).toEqual({ id: ["0", "1"] });
  expect(globWildcards("test_{id}_{id}.txt", one.folder)).toEqual({ id: ["a", "b"] });
});

test("rules may be made in conditions and loops; only those made exist [test_conditional]", async () => {
  const one = newCase();
  const made = Object.fromEntries(
    ["1", "2"].map((n) => [`r${n}`, rule({ output: `test.${n}.out` as "x", shell: "touch {output}" })]),
  );
  await one.run({ all: rule({ input: ["test.1.out", "test.2.out"] }), ...made });
  await expect(one.run(made, { targets: ["test.3.out"] })).rejects.toThrow("no rule makes it");
});

test("braces in the value of a param are not wildcards [test_issue584]", async () => {
  const one = newCase();
  await one.run({
    r: rule({ output: "out", params: () => ({ text: "{test}" }), shell: "echo '{params.text}' > {output}" }),
  });
  expect(one.text("out")).toBe("{test}\n");
});

test("file names may hold blanks [test_spaces_in_fnames]", async () => {
  const one = newCase({ "test bases.in": "x" });
  const rules = {
    r: rule({ input: "{name}.in", output: "{name}.out", shell: "cat {input:q} > {output:q}" }),
  };
  await one.run(rules, { targets: ["test bases.out"] });
  expect(one.text("test bases.out")).toBe("x");
});
