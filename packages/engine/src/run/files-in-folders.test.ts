/** A job may read single files of a folder that another job makes: they are made, and compared, as part of the folder. */
import { expect, test } from "vitest";
import { expand } from "../patterns/expand.ts";
import { ancient, directory, temp } from "../rules/marks.ts";
import { after, type Files, type Rules, rule } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";

type Bench = ReturnType<typeof bench>;

/** Splits the source into a file per letter. */
function splitting(b: Bench, folder: Files, source = "src") {
  return rule({
    input: source as "x",
    output: folder as "y",
    run: ({ input, output }) => {
      b.disk.makeFolder(output as string);
      for (const letter of b.disk.text(input as string))
        b.disk.write(`${output as string}/${letter}.txt`, letter);
    },
  });
}

function one(folder: Files = directory("parts"), from = "parts/a.txt") {
  const b = bench({ src: "ab" });
  const rules: Rules = {
    all: rule({ input: "end" }),
    end: joining(b.disk, from, "end"),
    split: splitting(b, folder),
  };
  return { ...b, rules };
}

test("the folder is made for the sake of a file in it, and again when it is stale or was removed", async () => {
  const b = one();
  expect(await b.run(b.rules)).toMatchObject({ outcome: "done" });
  expect(b.ran()).toEqual(["split", "end", "all"]);
  expect(await b.run(b.rules)).toMatchObject({ total: 0 });
  // Another file of the folder changes: the reader is up to date.
  b.disk.write("src", "ac");
  await b.run(b.rules);
  expect(b.ran()).toEqual(["split"]);
  // The folder is removed, and nothing needs it.
  b.disk.remove("parts");
  expect(await b.run(b.rules)).toMatchObject({ total: 0 });
  b.disk.remove("end");
  await b.run(b.rules);
  expect(b.ran()).toEqual(["split", "end", "all"]);
});

test("a file in it that is removed or edited has the folder made again", async () => {
  const b = one();
  await b.run(b.rules);
  b.ran();
  b.disk.remove("parts/a.txt");
  await b.run(b.rules);
  expect(b.ran()).toEqual(["split"]);
  b.disk.write("parts/a.txt", "mine");
  await b.run(b.rules);
  expect(b.ran()).toEqual(["split"]);
  expect(b.disk.text("end")).toBe("a");
});

test("a temporary folder stays until every reader of a file in it is done, and is made again for a stale one", async () => {
  const b = bench({ src: "ab", other: "o" });
  const rules: Rules = {
    all: rule({ input: expand("{x}.end", { x: ["a", "b"] }) }),
    end: joining(b.disk, ["parts/{x}.txt", "{x}.other"], "{x}.end"),
    other: joining(b.disk, "other", "{x}.other"),
    split: splitting(b, temp(directory("parts"))),
  };
  expect(await b.run(rules, { slots: 1 })).toMatchObject({ outcome: "done", failed: [] });
  expect(b.disk.stat("parts")).toBeNull();
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.ran();
  b.disk.write("other", "p");
  expect(await b.run(rules, { slots: 1 })).toMatchObject({ outcome: "done", failed: [] });
  expect(b.ran().filter((name) => name === "split")).toHaveLength(1);
  expect([b.disk.text("a.end"), b.disk.text("b.end"), b.disk.stat("parts")]).toEqual(["ap", "bp", null]);
});

test("where a plan grows by files of a folder, the jobs that read them wait for it", async () => {
  const b = bench({ src: "ab", more: "m" });
  const rules: Rules = {
    all: rule({
      input: after("parts", (folder) =>
        (b.disk.list(folder) ?? []).map((name) => `done/${name.replace(".txt", "")}`),
      ),
    }),
    done: joining(b.disk, ["parts/{x}.txt", "more"], "done/{x}"),
    split: splitting(b, temp(directory("parts"))),
  };
  expect(await b.run(rules)).toMatchObject({ outcome: "done", failed: [] });
  expect(await b.run(rules)).toMatchObject({ outcome: "done", total: 0 });
  b.ran();
  b.disk.write("src", "bc");
  expect(await b.run(rules)).toMatchObject({ outcome: "done", failed: [] });
  expect(b.ran()).toEqual(["split", "done (x=c)", "all"]);
});

test("a folder in the folder is compared by the files in it", async () => {
  const b = bench({ src: "one" });
  const rules: Rules = {
    end: rule({
      input: "parts/sub",
      output: "end",
      run: ({ input, output }) => b.disk.write(output, b.disk.text(`${input}/x`)),
    }),
    split: rule({
      input: "src",
      output: temp(directory("parts")),
      run: ({ input, output }) => {
        b.disk.makeFolder(`${output}/sub`);
        b.disk.write(`${output}/sub/x`, "same");
        b.disk.write(`${output}/y`, b.disk.text(input));
      },
    }),
  };
  await b.run(rules);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.ran();
  b.disk.write("src", "two");
  await b.run(rules);
  expect(b.ran()).toEqual(["split"]);
});

test("a file that the folder does not have costs the job that reads it, not the one that makes the folder", async () => {
  const b = bench({ src: "ab" });
  const rules: Rules = {
    all: rule({ input: ["good", "bad"] }),
    good: joining(b.disk, "parts/a.txt", "good"),
    bad: joining(b.disk, "parts/z.txt", "bad"),
    split: splitting(b, directory("parts")),
  };
  for (const done of [["split", "good"], []]) {
    const { failed } = await b.run(rules, { keepGoing: true });
    expect(failed).toMatchObject([
      { rule: "bad", error: expect.stringMatching(/^Cannot read "parts\/z.txt": split did not make it/) },
    ]);
    expect(b.ran()).toEqual(done);
  }
});

test("a plan does not grow by files that the folder does not have", async () => {
  const b = bench({ src: "ab", index: "az" });
  const rules: Rules = {
    g: rule({
      input: after("idx", (list) => [...b.disk.text(list)].map((x) => `parts/${x}.txt`)),
      output: "g",
      run: ({ output }) => b.disk.write(output, ""),
    }),
    idx: joining(b.disk, { index: "index", a: ancient("parts/a.txt") }, "idx"),
    split: splitting(b, directory("parts")),
  };
  b.disk.write("index", "z");
  expect(await b.run(rules)).toMatchObject({ outcome: "failed" });
  expect(b.disk.stat("g")).toBeNull();
});

test("a source in a folder that cannot be made, or that only a pattern of wildcards matches, is a source", async () => {
  const b = bench({ "up/a.txt": "a", "made_x/a.txt": "b", src: "ab" });
  const rules: Rules = {
    end: joining(b.disk, ["up/a.txt", "made_x/a.txt"], "end"),
    impossible: splitting(b, directory("made_{x}"), "not-there"),
    anything: splitting(b, directory("{any,up}")),
  };
  expect(await b.run(rules, { targets: ["end"] })).toMatchObject({ outcome: "done" });
  expect(b.ran()).toEqual(["end"]);
  expect(b.disk.text("end")).toBe("ab");
});

test("a job that reads a file in its own folder, which it would remove, is an error; so is a longer round", async () => {
  const b = bench({ "data/a.txt": "a" });
  const own: Rules = { made: splitting(b, directory("data"), "data/a.txt") };
  expect(() => b.plan(own)).toThrow(
    'Cannot plan "data/a.txt": the job that reads it also makes its folder "data"',
  );
  const round: Rules = {
    end: joining(b.disk, "made_y/b.txt", "end"),
    made: splitting(b, directory("made_y"), "end"),
  };
  expect(() => b.plan(round)).toThrow("it needs itself");
});

test("a folder without a record is judged by time, and moved away where it is made again", async () => {
  const b = bench({ src: "ab", "results/mine/a.txt": "t", "results/mine/notes.txt": "n" });
  const rules: Rules = {
    end: joining(b.disk, "results/mine/a.txt", "end"),
    fit: splitting(b, directory("results/{run}")),
  };
  await b.run(rules);
  expect(b.ran()).toEqual(["end"]);
  b.disk.write("src", "ac");
  await b.run(rules);
  expect(b.ran()).toEqual(["fit (run=mine)", "end"]);
  const [run] = b.disk.list(".braid/replaced")!;
  expect(b.disk.text(`.braid/replaced/${run}/results/mine/notes.txt`)).toBe("n");
});

test("what a failed or killed job left in its folder is not taken for a source", async () => {
  const b = bench({ src: "a" });
  let fails = true;
  const rules: Rules = {
    end: joining(b.disk, "parts/a.txt", "end"),
    split: rule({
      input: "src",
      output: directory("parts"),
      run: ({ output }) => {
        b.disk.makeFolder("parts");
        b.disk.write("parts/a.txt", "half");
        if (fails) throw new Error("no");
        b.disk.makeFolder(output);
        b.disk.write(`${output}/a.txt`, "whole");
      },
    }),
  };
  await b.run(rules);
  fails = false;
  await b.run(rules);
  expect(b.disk.text("end")).toBe("whole");
});

test("without records a folder is older than a newer source, for readers of a file in it too", async () => {
  const b = one();
  await b.run(b.rules);
  b.disk.remove(".braid");
  b.disk.write("src", "ax");
  b.ran();
  await b.run(b.rules);
  expect(b.ran()).toEqual(["split", "end", "all"]);
});

test("a target that the folder does not have is not made: for a rule without a body, and by its path", async () => {
  const b = bench({ src: "ab" });
  const rules: Rules = { all: rule({ input: "parts/z.txt" }), split: splitting(b, directory("parts")) };
  for (const targets of [["all"], ["parts/z.txt"], ["all"], ["parts/z.txt"]])
    expect(await b.run(rules, { targets })).toMatchObject({ outcome: "failed" });
});

test("a missing source is missing, whatever folder pattern it looks like", () => {
  const b = bench({ src: "ab" });
  for (const [input, output] of [
    ["{x}.zip", "{x}"],
    ["cfg/{x}.yml", "{x}"],
    ["cfg/{x}.yml", "data_{x}"],
  ] as const) {
    const rules: Rules = {
      end: joining(b.disk, output === "{x}" ? "data/foo.csv" : "data_y/foo.csv", "end"),
      unpack: splitting(b, directory(output), input),
    };
    expect(() => b.plan(rules)).toThrow(/Cannot make "data(_y)?\/foo.csv": no rule makes it/);
  }
});

test("the order of rules decides who makes a folder for a file in it", async () => {
  const b = bench({ src: "ab" });
  const rules: Rules = {
    end: joining(b.disk, "parts/a.txt", "end"),
    s1: splitting(b, directory("parts")),
    s2: splitting(b, directory("parts")),
  };
  await b.run(rules, { settings: { ruleOrder: [["s1", "s2"]] } });
  expect(b.ran()).toEqual(["s1", "end"]);
});

test("where a plan grows by a file that a folder without a record lacks, the folder is made", async () => {
  const b = bench({ src: "ab", "parts/a.txt": "a", index: "b" });
  const rules: Rules = {
    all: rule({ input: ["parts", "g"] }),
    g: rule({
      input: after("idx", (list) => `parts/${b.disk.text(list)}.txt`),
      output: "g",
      run: ({ input, output }) => b.disk.write(output, b.disk.text(input as string)),
    }),
    idx: joining(b.disk, "index", "idx"),
    split: splitting(b, directory("parts")),
  };
  b.disk.write("parts/a.txt", "a");
  expect(await b.run(rules)).toMatchObject({ outcome: "done" });
  expect(b.disk.text("g")).toBe("b");
});

test("a folder that somebody adds in an output folder is read as it is", async () => {
  const b = bench({ src: "ab" });
  const rules: Rules = {
    end: rule({
      input: ["parts", "parts/mine"],
      output: "end",
      run: ({ output }) => b.disk.write(output, b.disk.text("parts/mine/x")),
    }),
    split: splitting(b, directory("parts")),
  };
  await b.run({ split: rules.split! });
  b.disk.makeFolder("parts/mine");
  b.disk.write("parts/mine/x", "1");
  await b.run(rules, { targets: ["end"] });
  b.disk.write("parts/mine/x", "2");
  await b.run(rules, { targets: ["end"] });
  expect(b.disk.text("end")).toBe("2");
});

test("a folder that other jobs' outputs have made, or a file that a folder's job has made, is made again", async () => {
  const b = bench({ src: "ab" });
  const end = joining(b.disk, "parts/a.txt", "end");
  const byFile: Rules = { end, own: joining(b.disk, "src", "parts/a.txt", "!") };
  const byFolder: Rules = { end, split: splitting(b, directory("parts")) };
  await b.run(byFile);
  expect(b.disk.text("end")).toBe("ab!");
  await b.run(byFolder);
  expect(b.disk.text("end")).toBe("a");
  await b.run(byFile);
  expect(b.disk.text("end")).toBe("ab!");
});

test("a wide rule whose input lies in the folder does not make the files in it", async () => {
  const b = bench({ src: "ab" });
  const rules: Rules = {
    end: joining(b.disk, "parts/a.txt", "end"),
    convert: joining(b.disk, "{d}/{f}.csv", "{d}/{f}.txt"),
    split: splitting(b, directory("parts")),
  };
  expect(await b.run(rules)).toMatchObject({ outcome: "done" });
  expect(b.disk.text("end")).toBe("a");
});

test("an empty folder in a temporary folder settles", async () => {
  const b = bench({ src: "ab" });
  const rules: Rules = {
    end: rule({ input: () => "p/e", output: "end", run: ({ output }) => b.disk.write(output, "") }),
    split: rule({
      input: "src",
      output: temp(directory("p")),
      run: ({ output }) => {
        b.disk.makeFolder(`${output}/e`);
        b.disk.write(`${output}/f`, "x");
      },
    }),
  };
  await b.run(rules);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test("a job can be forced by the path of a file in its folder, or of its log", async () => {
  const b = one();
  const logging = { ...b.rules, split: { ...b.rules.split!, log: "split.log" } };
  await b.run(logging);
  for (const path of ["parts/a.txt", "parts/b.txt", "split.log"]) {
    b.ran();
    await b.run(logging, { force: { these: [path] } });
    expect(b.ran()).toEqual(["split"]);
  }
});

test("only the size of a file over the hash limit counts, in a folder too", async () => {
  const b = one();
  await b.run(b.rules, { hashLimit: 0 });
  b.ran();
  b.disk.touch("parts/b.txt");
  expect(await b.run(b.rules, { hashLimit: 0 })).toMatchObject({ total: 0 });
});

test("the log of a failed attempt is not that of the good one", async () => {
  const b = bench({ src: "a" });
  const rules = (k: number): Rules => ({
    end: joining(b.disk, "a.log", "end"),
    a: rule({
      input: "src",
      output: "a",
      log: "a.log",
      params: { k },
      run: ({ output, params }) => {
        b.disk.write("a.log", `k=${params.k}`);
        if (params.k > 5) throw new Error("too much");
        b.disk.write(output, "");
      },
    }),
  });
  await b.run(rules(1));
  await b.run(rules(9));
  await b.run(rules(1));
  expect(b.disk.text("end")).toBe("k=1");
});

test("of an output folder and an output in it, both are temporary, or neither", () => {
  const b = bench({ src: "a" });
  const half = (output: Files): Rules => ({ d: rule({ input: "src", output: output as "x", run() {} }) });
  expect(() => b.plan(half({ d: directory("d"), f: temp("d/f") }))).toThrow("is temporary");
  expect(() => b.plan(half({ d: temp(directory("d")), f: "d/f" }))).toThrow("is temporary");
  expect(b.plan(half({ d: temp(directory("d")), f: temp("d/f") })).jobs()).toHaveLength(1);
});

test("a log in an output folder of its own job is an error", () => {
  const b = bench({ src: "a" });
  const rules: Rules = { d: rule({ input: "src", output: directory("d"), log: "d/run.log", run() {} }) };
  expect(() => b.plan(rules)).toThrow("it lies in");
});

test("a file in a folder can be a target, and is then made with its folder", async () => {
  const b = one(temp(directory("parts")));
  expect(await b.run(b.rules, { targets: ["parts/b.txt"] })).toMatchObject({ outcome: "done" });
  expect(b.disk.text("parts/b.txt")).toBe("b");
});

test("--until names a file that nothing else reads, in a folder or a log: it must be made then", async () => {
  for (const [path, outcome] of [
    ["parts/b.txt", "done"],
    ["parts/z.txt", "failed"],
    ["split.log", "done"],
  ] as const) {
    const b = one(temp(directory("parts")));
    const rules = { ...b.rules, split: { ...b.rules.split!, log: "split.log" } };
    await b.run({ ...rules, other: joining(b.disk, "src", "other") }, { targets: ["other"] });
    b.ran();
    // The second run has the plan that the first one has saved.
    for (const jobs of [["split"], []]) {
      const summary = await b.run(rules, { select: { until: [path] } });
      expect(summary).toMatchObject({ outcome, failed: [] });
      expect(summary.missingTargets).toEqual(outcome === "done" ? undefined : [path]);
      if (outcome === "done") expect(b.ran()).toEqual(jobs);
      expect(b.disk.text("parts/b.txt")).toBe("b");
    }
    await b.run(rules);
    expect(b.disk.stat("parts")).toBeNull();
  }
});

test("--omit-from and --prioritize take the path of such a file too", async () => {
  const b = one();
  await b.run(b.rules, { prioritize: ["parts/b.txt"], select: { omitFrom: ["parts/b.txt"] } });
  expect(b.ran()).toEqual([]);
  await b.run(b.rules, { prioritize: ["parts/b.txt"] });
  expect(b.ran()).toEqual(["split", "end", "all"]);
});

test("--until names a file in a folder that a plan may grow by", async () => {
  const b = bench({ src: "ab" });
  const rules: Rules = {
    all: rule({ input: after("list", () => "end") }),
    list: joining(b.disk, "src", "list"),
    end: joining(b.disk, "parts/a.txt", "end"),
    split: splitting(b, directory("parts")),
  };
  await b.run(rules, { select: { until: ["parts/b.txt"] } });
  expect(b.ran()).toEqual(["list", "split"]);
});

test("a temporary folder is removed, although a file in it that nothing reads forced its job", async () => {
  const b = one(temp(directory("parts")));
  await b.run(b.rules);
  b.ran();
  expect(await b.run(b.rules, { force: { these: ["parts/b.txt"] } })).toMatchObject({ outcome: "done" });
  expect(b.ran()).toEqual(["split"]);
  expect(b.disk.stat("parts")).toBeNull();
});
