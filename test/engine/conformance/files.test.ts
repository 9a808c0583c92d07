/** Expansions, inputs, and outputs with their marks, after Snakemake's own tests (their names in brackets). */
import { chmodSync, existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ancient, directory, ensure, expand, paramspace, protect, rule, temp, touch } from "braid-engine";
import { expandedPaths } from "braid-engine/run";
import { expect, test } from "vitest";
import { newCase } from "./case.ts";

const cat = "cat {input} > {output}";

test("expand: a single value is a list of one, patterns come outermost, the last wildcard is fastest [test_expand.py]", () => {
  expect(expandedPaths(expand("{a}.out", { a: "test" }))).toEqual(["test.out"]);
  expect(expandedPaths(expand(["{a}_{b}.ab", "{b}.b"], { a: [1, 2], b: [3, 4] }))).toEqual([
    "1_3.ab",
    "1_4.ab",
    "2_3.ab",
    "2_4.ab",
    "3.b",
    "4.b",
  ]);
});

test("expand: wildcards without values stay; where nobody gives them one, that is an error [test_expand.py]", () => {
  const open = expand("{a}_{b}.out", { a: "test" });
  expect(expandedPaths(open, { b: "1" })).toEqual(["test_1.out"]);
  expect(() => expandedPaths(open)).toThrow("no values are given for {b}");
  expect(expandedPaths(expand("{allow_missing}", { allow_missing: ["a"] }))).toEqual(["a"]);
});

test("a mark holds for every file of a list; an expansion takes the pattern under it [test_temp_expand, test_expand_flag]", async () => {
  const one = newCase();
  await one.run({
    all: rule({ input: ["a.txt", "b.txt"], output: "all", shell: cat }),
    make: rule({ output: [temp("a.txt"), temp("b.txt")], shell: "touch {output}" }),
  });
  expect([one.exists("a.txt"), one.exists("b.txt"), one.exists("all")]).toEqual([false, false, true]);
  expect(expandedPaths(expand(directory("{x}"), { x: [1] }))).toEqual(["1"]);
});

test("a table of parameters is a wildcard pattern with typed rows [test_paramspace]", async () => {
  const one = newCase();
  const space = paramspace(
    [
      { alpha: 0.5, beta: 2 },
      { alpha: 1, beta: 3 },
    ],
    ["alpha", "beta"],
  );
  await one.run({
    all: rule({ input: space.paths.map((path) => `results/${path}.txt`) as ["x"] }),
    each: rule({
      output: `results/${space.pattern}.txt`,
      params: ({ wildcards }) => space.row(wildcards),
      run: ({ output, params }) => writeFileSync(output, String(params.alpha + params.beta)),
    }),
  });
  expect(one.text("results/alpha~0.5/beta~2.txt")).toBe("2.5");
});

test("an input function may give a record or a list [test_unpack_dict, test_unpack_list, test_input_generator]", async () => {
  const one = newCase({ "a.in": "a", "b.in": "b" });
  await one.run(
    {
      record: rule({
        input: () => ({ first: "a.in", second: "b.in" }),
        output: "r",
        shell: "cat {input.second} {input.first} > {output}",
      }),
      list: rule({ input: () => ["a.in", "b.in"], output: "l", shell: cat }),
    },
    { targets: ["r", "l"] },
  );
  expect([one.text("r"), one.text("l")]).toEqual(["ba", "ab"]);
});

test("another rule's input as an input is the file itself, and runs nothing [test_issue381]", async () => {
  const one = newCase({ "a.in": "x" });
  const a = rule({ input: "a.in", output: "a.out", shell: cat });
  await one.run({ b: rule({ input: a.input, output: "b.out", shell: cat }), a });
  expect(one.ran()).toEqual(["b"]);
});

test("a params or resources function that reads what is not there yet does not disturb a dry run [test_incomplete_params, test_lazy_resources]", async () => {
  const one = newCase({ src: "7" });
  const read = (path: string) => Number(readFileSync(path, "utf8"));
  const rules = {
    all: rule({
      input: "n.txt",
      output: "out",
      params: ({ input }) => ({ n: read(input) }),
      resources: ({ input }) => ({ mem_mb: read(input) }),
      shell: "echo {params.n} {resources.mem_mb} > {output}",
    }),
    n: rule({ input: "src", output: "n.txt", shell: cat }),
  };
  expect(one.plan(rules).counts).toEqual(
    new Map([
      ["all", 1],
      ["n", 1],
    ]),
  );
  await one.run(rules);
  expect(one.text("out")).toBe("7 7\n");
});

test("a missing input without a rule is an error in a dry run too, with rule, wildcards and files [test_missing_file_dryrun]", () => {
  const one = newCase();
  const rules = { r: rule({ input: ["{x}.a", "{x}.b"], output: "{x}.out", shell: cat }) };
  expect(() => one.plan(rules, { targets: ["1.out"] })).toThrow(
    'Cannot make "1.a": no rule makes it and the file does not exist\n  wanted by    r (x=1)\n  missing too  1.b',
  );
});

test("temporary files go with their last user, and stay away [test12, test_temp]", async () => {
  const one = newCase({ src: "1" });
  const rules = {
    end: rule({ input: "mid", output: "end", shell: cat }),
    mid: rule({ input: "src", output: temp("mid"), shell: cat }),
  };
  await one.run(rules);
  expect(one.exists("mid")).toBe(false);
  expect(await one.run(rules)).toMatchObject({ total: 0 });
});

test("a temporary file that is a target is kept [test_temp_and_all_input]; --notemp keeps all [test_no_temp]", async () => {
  const rules = {
    all: rule({ input: ["end", "mid"] }),
    end: rule({ input: "mid", output: "end", shell: cat }),
    mid: rule({ output: temp("mid"), shell: "touch {output}" }),
  };
  const asked = newCase();
  await asked.run(rules, { targets: ["end", "mid"] });
  expect(asked.exists("mid")).toBe(true);
  const kept = newCase();
  await kept.run(rules, { keepTemporary: true });
  expect(kept.exists("mid")).toBe(true);
});

test("one rule may make a folder and files in it [test_github_issue52]", async () => {
  const one = newCase();
  await one.run({
    all: rule({ input: ["file", "folder"] }),
    file: rule({ input: "outputA/x", output: "file", shell: cat }),
    folder: rule({ input: "outputA", output: "folder", shell: "ls {input} > {output}" }),
    make: rule({
      output: [directory("outputA"), "outputA/x"],
      shell: "echo x > {output[1]}; echo y > {output[0]}/y",
    }),
  });
  expect(one.text("folder")).toBe("x\ny\n");
  expect(one.ran().filter((job) => job === "make")).toHaveLength(1);
});

test("the engine makes a touched file after the body [test_touch]", async () => {
  const one = newCase();
  await one.run({ r: rule({ output: touch("{x}.done"), shell: "true" }) }, { targets: ["a.done"] });
  expect(one.text("a.done")).toBe("");
});

test("outputs are as the rule ensures, or the job fails [test_ensure]", async () => {
  const one = newCase();
  const sha256 = "87428fc522803d31065e7bce3cf03fe475096631e5e07bbd7a0fde60c4cf25c7";
  const rules = {
    a: rule({ output: ensure("a", { nonEmpty: true }), shell: "touch {output}" }),
    b: rule({ output: ensure("b", { nonEmpty: true }), shell: "echo a > {output}" }),
    c: rule({ output: ensure("c", { sha256 }), shell: "printf 'a\\n' > {output}" }),
    d: rule({ output: ensure("d", { sha256 }), shell: "echo wrong > {output}" }),
  };
  for (const [target, outcome] of [
    ["a", "failed"],
    ["b", "done"],
    ["c", "done"],
    ["d", "failed"],
  ] as const)
    expect([target, await one.run(rules, { targets: [target] })]).toMatchObject([target, { outcome }]);
});

test("a link to a protected file may be replaced, and the file is left alone [test_protected_symlink_output]", async () => {
  const one = newCase({ precious: "keep" });
  chmodSync(join(one.folder, "precious"), 0o444);
  symlinkSync("precious", join(one.folder, "link"));
  await one.run({ r: rule({ output: "link", shell: "echo new > {output}" }) }, { force: { all: true } });
  expect([one.text("precious"), one.text("link")]).toEqual(["keep", "new\n"]);
});

test("an output that is protected and must be made again is refused before anything runs [own]", async () => {
  const one = newCase({ src: "1" });
  const rules = {
    all: rule({ input: ["out", "other"] }),
    r: rule({ input: "src", output: protect("out"), shell: cat }),
    other: rule({ input: "src", output: "other", shell: cat }),
  };
  await one.run(rules, { targets: ["out"] });
  one.write("src", "2");
  await expect(one.run(rules)).rejects.toThrow('Cannot make "out": it is protected');
  expect(one.exists("other")).toBe(false);
});

test("a job sees only its own staging folder: nothing else that it writes there comes back [test_shadow]", async () => {
  const one = newCase();
  await one.run({
    r: rule({ output: "out", shell: "echo x > {output}; echo junk > $(dirname {output})/junk" }),
  });
  expect(readdirSync(one.folder).filter((name) => name !== ".braid")).toEqual(["out"]);
  expect(existsSync(join(one.folder, ".braid/staging"))).toBe(false);
});

test("an ancient input must be there, its changes do not count [test_ancient]; only on that edge [test_ancient_dag]", async () => {
  const one = newCase({ A: "1", src: "s" });
  const rules = {
    all: rule({ input: ["old", "new"] }),
    old: rule({ input: ancient("a.out"), output: "old", shell: cat }),
    new: rule({ input: "a.out", output: "new", shell: cat }),
    a: rule({ input: "A", output: "a.out", shell: cat }),
  };
  await one.run(rules);
  expect(one.ran().slice(0, 1)).toEqual(["a"]);
  one.write("A", "22");
  await one.run(rules);
  expect(one.ran()).toEqual(["a", "new", "all"]);
});
