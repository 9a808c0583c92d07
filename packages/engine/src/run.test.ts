/** What runs and what does not, on files in memory. */
import { expect, test } from "vitest";
import { expand } from "./expand.ts";
import { ancient, directory, ensure, protect, temp, touch } from "./marks.ts";
import { after, type Job, type Rules, rule, untracked } from "./rule.ts";
import { bench, joining, writeJoined } from "./testing/run-in-memory.ts";
import type { Trigger } from "./triggers.ts";

function chain(b = bench({ "a.src": "one" })) {
  const rules = {
    last: joining(b.disk, "a.mid", "a.end"),
    first: joining(b.disk, "a.src", "a.mid"),
  } satisfies Rules;
  return { ...b, rules };
}

test("a run makes what is missing, and the next one does nothing", async () => {
  const { run, ran, rules, disk } = chain();
  expect(await run(rules)).toMatchObject({ outcome: "done", done: 2 });
  expect(ran()).toEqual(["first", "last"]);
  expect(disk.text("a.end")).toBe("one");
  expect(await run(rules)).toMatchObject({ outcome: "done", total: 0 });
});

test("a job whose input changed runs again, and what needs it", async () => {
  const { run, ran, rules, disk, plan } = chain();
  await run(rules);
  ran();
  disk.write("a.src", "two");
  expect(plan(rules).reasons).toMatchObject([{ kind: "changed input", path: "a.src" }, { kind: "upstream" }]);
  await run(rules);
  expect(ran()).toEqual(["first", "last"]);
  expect(disk.text("a.end")).toBe("two");
});

test("a touched input with the same content makes nothing run", async () => {
  const { run, rules, disk } = chain();
  await run(rules);
  disk.touch("a.src");
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test("a job that makes the same again stops the cascade", async () => {
  const b = bench({ "a.src": "one" });
  const rules = {
    last: joining(b.disk, "a.mid", "a.end"),
    first: rule({ input: "a.src", output: "a.mid", run: ({ output }) => b.disk.write(output, "same") }),
  };
  await b.run(rules);
  b.ran();
  b.disk.write("a.src", "two");
  expect(await b.run(rules)).toMatchObject({ done: 1, cutOff: 1, outcome: "done" });
  expect(b.ran()).toEqual(["first"]);
});

test("a missing output is made again", async () => {
  const { run, ran, rules, disk } = chain();
  await run(rules);
  ran();
  disk.remove("a.end");
  await run(rules);
  expect(ran()).toEqual(["last"]);
});

test("a folder that lost a file is made again", async () => {
  const b = bench();
  const rules = {
    model: rule({
      output: directory("model"),
      run: ({ output }) => {
        b.disk.makeFolder(output);
        b.disk.write(`${output}/weights`, "w");
        b.disk.write(`${output}/shape`, "s");
      },
    }),
  };
  await b.run(rules);
  b.disk.remove("model/shape");
  expect(b.plan(rules).reasons).toEqual([{ kind: "missing output", path: "model/shape" }]);
  await b.run(rules);
  expect(b.disk.text("model/shape")).toBe("s");
});

test("changed params make a job run again, whatever their order; untracked ones do not", async () => {
  const b = bench();
  const make = (params: Record<string, unknown>): Rules => ({
    one: rule({ output: "out", params, run: ({ output }) => b.disk.write(output, "x") }),
  });
  await b.run(make({ epochs: 1, rate: 0.1, where: untracked("here") }));
  expect(await b.run(make({ rate: 0.1, where: untracked("there"), epochs: 1 }))).toMatchObject({ total: 0 });
  expect(b.plan(make({ epochs: 2, rate: 0.1, where: untracked("here") })).reasons).toEqual([
    { kind: "changed params" },
  ]);
  expect(b.plan(make({ epochs: 1, rate: 0.1, text: "a  b" })).reasons).toEqual([{ kind: "changed params" }]);
});

test("params that a function gives are compared job by job", async () => {
  const b = bench();
  const make = (of: Record<string, number>): Rules => ({
    all: rule({ input: ["1.out", "2.out"] }),
    one: rule({
      output: "{x}.out",
      params: ({ wildcards }) => ({ n: of[wildcards.x]! }),
      run: ({ output, params }) => b.disk.write(output, String(params.n)),
    }),
  });
  await b.run(make({ 1: 10, 2: 20 }));
  expect(b.disk.text("2.out")).toBe("20");
  b.ran();
  await b.run(make({ 1: 10, 2: 21 }));
  expect(b.ran()).toEqual(["one (x=2)", "all"]);
});

test("params that cannot be compared are an error that names the rule", async () => {
  const b = bench();
  const rules = {
    one: rule({ output: "out", params: { f: () => 1 }, run: ({ output }) => b.disk.write(output, "") }),
  };
  await expect(b.run(rules)).rejects.toThrow(
    'Cannot record the params of "one": a function cannot be compared',
  );
});

test("a changed body makes a job run again; comments and layout do not", async () => {
  const b = bench();
  const { disk } = b;
  await b.run({ one: rule({ output: "out", run: (job) => disk.write(job.output, "a b") }) });
  const laidOut = {
    one: rule({
      output: "out",
      // biome-ignore format: the layout is what is tested
      run: (job) =>
        // a comment
        disk.write( job.output,
          "a b" ),
    }),
  };
  expect(await b.run(laidOut)).toMatchObject({ total: 0 });
  const other = { one: rule({ output: "out", run: (job) => disk.write(job.output, "a  b") }) };
  expect(b.plan(other).reasons).toEqual([{ kind: "changed code" }]);
});

test("another set of inputs makes a gather run again, another order does not", async () => {
  const b = bench({ "1.in": "", "2.in": "", "3.in": "" });
  const make = (x: number[]): Rules => ({ all: joining(b.disk, expand("{x}.in", { x }), "all") });
  await b.run(make([1, 2]));
  expect(b.plan(make([2, 1])).reasons).toEqual([null]);
  expect(b.plan(make([1, 2, 3])).reasons).toEqual([{ kind: "changed input set" }]);
});

test("only the chosen triggers count", async () => {
  const { run, rules, disk, plan } = chain();
  await run(rules);
  disk.write("a.src", "two");
  expect(plan(rules, { triggers: new Set(["params", "code"]) }).reasons).toEqual([null, null]);
});

test("a rule may count less than the run does, and missing outputs always count", async () => {
  const b = bench({ src: "1", more: "m" });
  const make = (n: number, input: readonly string[], text = ""): Rules => ({
    one: rule({
      input: input as ["x"],
      output: "out",
      params: { n },
      triggers: ["input", "params"],
      run: (job) => writeJoined(b.disk, job, text),
    }),
  });
  const reason = (rules: Rules, ...of: Trigger[]) =>
    b.plan(rules, of.length === 0 ? {} : { triggers: new Set(of) }).reasons[0]?.kind;
  await b.run(make(1, ["src"]));
  b.disk.write("src", "2");
  expect(reason(make(1, ["src"]))).toBeUndefined();
  expect(reason(make(2, ["src"]))).toBe("changed params");
  expect(reason(make(2, ["src", "more"]), "input")).toBe("changed input set");
  expect(reason(make(2, ["src", "more"]), "mtime", "code")).toBeUndefined();
  b.disk.remove("out");
  expect(reason(make(1, ["src"]))).toBe("missing output");
});

test("files without a record are judged by their times", async () => {
  const b = bench({ "a.src": "old", "a.mid": "newer" });
  const rules = { first: joining(b.disk, "a.src", "a.mid") };
  expect(b.plan(rules).reasons).toEqual([null]);
  b.disk.touch("a.src");
  expect(b.plan(rules).reasons).toEqual([{ kind: "newer input", path: "a.src" }]);
});

test("a job that was cut off runs again though its old output stands", async () => {
  const b = bench();
  const rules = { one: rule({ output: "out", run: ({ output }) => b.disk.write(output, "x") }) };
  await b.run(rules);
  b.disk.write(
    ".braid/journal",
    `${b.disk.text(".braid/journal")}{"t":"start","jobs":["out"],"at":1,"call":9,"rule":"one"}\n`,
  );
  expect(b.plan(rules).reasons).toEqual([{ kind: "interrupted" }]);
});

test("forced jobs run, and what needs them is looked at", async () => {
  const { run, ran, rules } = chain();
  await run(rules);
  ran();
  await run(rules, { force: { these: ["first"] } });
  expect(ran()).toEqual(["first"]);
  await run(rules, { force: { targets: true } });
  expect(ran()).toEqual(["last"]);
  await run(rules, { force: { all: true } });
  expect(ran()).toEqual(["first", "last"]);
});

test("a failed job leaves its old output, and is tried again the next time", async () => {
  const { run, disk, rules } = chain();
  await run(rules);
  disk.write("a.src", "two");
  const failing = {
    ...rules,
    first: rule({
      input: "a.src",
      output: "a.mid",
      params: { text: "" },
      run: ({ output }) => {
        disk.write(output, "half");
        throw new Error("broken");
      },
    }),
  };
  expect(await run(failing)).toMatchObject({ outcome: "failed", blocked: 1 });
  expect(disk.text("a.mid")).toBe("one");
  expect(disk.paths().filter((path) => path.includes("staging"))).toEqual([]);
  expect(await run(rules)).toMatchObject({ outcome: "done", done: 2 });
});

const odd: [string, (job: Job<string, string>, write: (path: string) => void) => void, string][] = [
  ["writes nothing", () => {}, 'Cannot keep "out/file": the body ended without writing it'],
  ["writes elsewhere", (_, write) => write("elsewhere"), "the body ended without writing it"],
  ["writes beside", ({ output }, write) => write(`${output}.tmp`), "written   file.tmp"],
];
for (const [what, body, message] of odd)
  test(`a body that ${what} fails, and nothing stands under the final name`, async () => {
    const b = bench();
    const write = (path: string) => b.disk.write(path, "x");
    const rules = {
      one: rule({ output: "out/file", run: (job) => body(job as unknown as Job<string, string>, write) }),
    };
    const { failed } = await b.run(rules);
    expect(failed[0]!.error).toContain(message);
    expect(b.disk.stat("out/file")).toBeNull();
  });

test("a body that makes a folder where a file is declared fails, and the other way round", async () => {
  const b = bench();
  const folder = { one: rule({ output: "out", run: ({ output }) => b.disk.makeFolder(output) }) };
  expect((await b.run(folder)).failed[0]!.error).toContain('Cannot keep "out": the body made a folder');
  const file = { one: rule({ output: directory("out"), run: ({ output }) => b.disk.write(output, "") }) };
  expect((await b.run(file)).failed[0]!.error).toContain('Cannot keep "out": the body made a file');
});

test("one job may put in place a folder and a file in it", async () => {
  const b = bench();
  const rules = {
    use: joining(b.disk, "m/notes", "copy"),
    one: rule({
      output: [directory("m"), "m/notes"],
      run: ({ output }) => {
        b.disk.write(output[1], "notes");
        b.disk.write(`${output[0]}/more`, "more");
      },
    }),
  };
  expect(await b.run(rules)).toMatchObject({ outcome: "done" });
  expect(b.disk.text("m/more")).toBe("more");
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test("a temporary file goes when the last job that needs it is done, and is not made again for nothing", async () => {
  const b = bench({ src: "1" });
  const rules = {
    all: rule({ input: ["one", "two"] }),
    one: joining(b.disk, "tmp", "one"),
    two: joining(b.disk, ["tmp", "one"], "two"),
    make: joining(b.disk, "src", temp("tmp")),
  };
  await b.run(rules);
  expect(b.ran()).toEqual(["make", "one", "two", "all"]);
  expect(b.disk.stat("tmp")).toBeNull();
  expect(b.disk.text("two")).toBe("11");
  await b.run(rules);
  expect(b.ran()).toEqual([]);
  b.disk.remove("two");
  await b.run(rules);
  expect(b.ran()).toEqual(["make", "two", "all"]);
  b.disk.write("src", "2");
  await b.run(rules);
  expect(b.ran()).toEqual(["make", "one", "two", "all"]);
  expect(b.disk.stat("tmp")).toBeNull();
});

test("a temporary file that is asked for is kept, and so are all with --notemp", async () => {
  const b = bench({ src: "1" });
  const rules = { one: joining(b.disk, "tmp", "one"), make: joining(b.disk, "src", temp("tmp")) };
  await b.run(rules, { targets: ["one", "tmp"] });
  expect(b.disk.text("tmp")).toBe("1");
  b.disk.remove("one");
  b.disk.remove("tmp");
  await b.run(rules, { keepTemporary: true });
  expect(b.disk.text("tmp")).toBe("1");
});

test("a chain of temporary files is made again where its end is needed", async () => {
  const b = bench({ src: "1" });
  const rules = {
    end: joining(b.disk, "t2", "end"),
    two: joining(b.disk, "t1", temp("t2")),
    one: joining(b.disk, "src", temp("t1")),
  };
  await b.run(rules);
  b.ran();
  b.disk.remove("end");
  await b.run(rules);
  expect(b.ran()).toEqual(["one", "two", "end"]);
  expect(b.disk.paths().filter((path) => !path.startsWith(".braid"))).toEqual(["end", "src"]);
});

test("a temporary file stays while a job that needs it has failed", async () => {
  const b = bench({ src: "1" });
  const rules = {
    one: rule({
      input: "tmp",
      output: "one",
      run: () => {
        throw new Error("no");
      },
    }),
    make: joining(b.disk, "src", temp("tmp")),
  };
  await b.run(rules);
  expect(b.disk.text("tmp")).toBe("1");
});

test("an ancient input must be there, but its changes do not count", async () => {
  const b = bench({ src: "1", other: "x" });
  const rules = {
    end: joining(b.disk, [ancient("mid"), "other"], "end"),
    mid: joining(b.disk, "src", "mid"),
  };
  await b.run(rules);
  expect(b.ran()).toEqual(["mid", "end"]);
  b.disk.write("src", "2");
  await b.run(rules);
  expect(b.ran()).toEqual(["mid"]);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.disk.write("other", "y");
  await b.run(rules);
  expect(b.ran()).toEqual(["end"]);
});

test("a touched output is made by the engine, and tells those that need it that something happened", async () => {
  const b = bench({ src: "1" });
  const rules = {
    end: rule({ input: "flag", output: "end", run: ({ output }) => b.disk.write(output, "x") }),
    first: rule({ input: "src", output: touch("flag"), run: () => {} }),
  };
  await b.run(rules);
  expect(b.disk.text("flag")).toBe("");
  b.ran();
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.disk.write("src", "2");
  await b.run(rules);
  expect(b.ran()).toEqual(["first", "end"]);
});

test("an output that is not as promised fails its job", async () => {
  const b = bench();
  const write = (text: string, promise: Parameters<typeof ensure>[1]) =>
    b.run(
      { one: rule({ output: ensure("out", promise), run: ({ output }) => b.disk.write(output, text) }) },
      { force: { all: true } },
    );
  expect((await write("", { nonEmpty: true })).failed[0]!.error).toContain(
    'Cannot keep "out": it is empty, and the rule ensures that it is not',
  );
  const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(await write("abc", { nonEmpty: true, sha256 })).toMatchObject({ outcome: "done" });
  expect((await write("abd", { sha256 })).failed[0]!.error).toContain(
    "its content is not what the rule ensures",
  );
});

test("a protected output is read-only, and a run that would make it again refuses to begin", async () => {
  const b = bench({ src: "1" });
  const rules = {
    one: joining(b.disk, "src", protect("out")),
    other: joining(b.disk, "src", "other"),
  };
  await b.run(rules, { targets: ["out"] });
  expect(b.disk.isProtected("out")).toBe(true);
  b.disk.write("src", "2");
  await expect(b.run(rules, { targets: ["out", "other"] })).rejects.toThrow(
    'Cannot make "out": it is protected, and would have to be made again',
  );
  expect(b.disk.stat("other")).toBeNull();
});

test("what a job needs may depend on the content of what another makes", async () => {
  const b = bench({ names: "a,b" });
  let asked = 0;
  const rules = {
    all: rule({
      input: after("list", (list) => {
        asked++;
        return expand("part_{x}", { x: b.disk.text(list).split(",") });
      }),
      output: "all",
      run: (job) => writeJoined(b.disk, job),
    }),
    list: joining(b.disk, "names", "list"),
    part: rule({
      output: "part_{x}",
      run: ({ output, wildcards }) => b.disk.write(output, `<${wildcards.x}>`),
    }),
  };
  expect(await b.run(rules)).toMatchObject({ outcome: "done", total: 4, done: 4 });
  expect(b.ran()).toEqual(["list", "part (x=a)", "part (x=b)", "all"]);
  expect(b.disk.text("all")).toBe("<a><b>");
  expect(asked).toBe(1);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.disk.write("names", "b,c");
  await b.run(rules);
  expect(b.ran()).toEqual(["list", "part (x=c)", "all"]);
  b.disk.remove("part_b");
  b.disk.remove("all");
  await b.run(rules);
  expect(b.ran()).toEqual(["part (x=b)", "all"]);
});

test("jobs that ask for more may themselves be asked for, one after the other", async () => {
  const b = bench();
  const next = (n: number) =>
    rule({
      input: after(`list${n}`, () => (n < 3 ? `end${n + 1}` : "leaf")),
      output: `end${n}` as "end",
      run: (job) => writeJoined(b.disk, job, String(n)),
    });
  const rules = {
    one: next(1),
    two: next(2),
    three: next(3),
    list: rule({ output: "list{n}", run: ({ output }) => b.disk.write(output, "l") }),
    leaf: rule({ output: "leaf", run: ({ output }) => b.disk.write(output, "leaf") }),
  };
  expect(await b.run(rules)).toMatchObject({ outcome: "done" });
  expect(b.disk.text("end1")).toBe("leaf321");
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test("a job that asks for what needs it is an error, not an endless wait", async () => {
  const b = bench();
  const rules = {
    one: rule({ input: after("list", () => "two"), output: "one", run: (job) => writeJoined(b.disk, job) }),
    two: joining(b.disk, "one", "two"),
    list: rule({ output: "list", run: ({ output }) => b.disk.write(output, "") }),
  };
  await expect(b.run(rules)).rejects.toThrow("jobs wait for each other");
});

test("what is asked for later and cannot be made ends the run with the usual message", async () => {
  const b = bench();
  const rules = {
    one: rule({
      input: after("list", () => "nowhere"),
      output: "one",
      run: (job) => writeJoined(b.disk, job),
    }),
    list: rule({ output: "list", run: ({ output }) => b.disk.write(output, "") }),
  };
  await expect(b.run(rules)).rejects.toThrow(
    'Cannot make "nowhere": no rule makes it and the file does not exist',
  );
});

test("targets are paths in the working folder, in any spelling", async () => {
  const { run, rules, ran } = chain();
  await run(rules, { targets: ["./a.mid"] });
  expect(ran()).toEqual(["first"]);
  await run(rules, { targets: ["x/../a.end"] });
  expect(ran()).toEqual(["last"]);
  for (const target of ["../a.end", "/etc/passwd", "a/../../b", "a\0"])
    await expect(run(rules, { targets: [target] })).rejects.toThrow(
      `Cannot make the target "${target}": it is not in the working folder`,
    );
});

test("a workflow may name its default target, and how to choose between rules", async () => {
  const { run, ran, rules } = chain();
  await run(rules, { settings: { defaultTarget: "first" } });
  expect(ran()).toEqual(["first"]);
  await expect(run(rules, { settings: { defaultTarget: "frist" } })).rejects.toThrow(
    'its settings name the rule "frist", which it does not have\n  Did you mean "first"?',
  );
  await expect(run(rules, { settings: { ruleOrder: [["first", "none"]] } })).rejects.toThrow(
    'the rule "none"',
  );
});

test("hooks are called when a run begins, succeeds or fails, and not when there is nothing to do", async () => {
  const { run, rules, disk } = chain();
  const called: string[] = [];
  const hooks = {
    onStart: () => void called.push("start"),
    onSuccess: () => void called.push("success"),
    onError: () => void called.push("error"),
  };
  await run(rules, { settings: { hooks } });
  await run(rules, { settings: { hooks } });
  expect(called).toEqual(["start", "success"]);
  disk.write("a.src", "");
  const broken = rule({
    input: "a.src",
    output: "a.mid",
    run: () => {
      throw new Error("no");
    },
  });
  await run({ ...rules, first: broken }, { settings: { hooks } });
  expect(called.slice(2)).toEqual(["start", "error"]);
});

test("a run that would not fit on the disk refuses to begin", async () => {
  const { run, rules, disk } = chain();
  await run(rules);
  disk.write("a.src", "two");
  disk.space = { bytes: 1, files: 100 };
  await expect(run(rules)).rejects.toThrow(
    "Cannot start: the disk has too little room for the bytes that the jobs will write",
  );
  disk.space = { bytes: 1e9, files: 1 };
  await expect(run(rules)).rejects.toThrow("too little room for the files");
  disk.space = { bytes: 1e9, files: 10 };
  expect(await run(rules)).toMatchObject({ outcome: "done" });
});

test("outputs that could not all be put in place are not taken for whole the next time", async () => {
  const { run, disk } = bench({ "a.src": "one" });
  const rules = {
    both: rule({
      input: "a.src",
      output: ["first.txt", "second.txt"],
      run: ({ output }) => output.forEach((path) => void disk.write(path, "new")),
    }),
  } satisfies Rules;
  disk.write("second.txt", "old");
  disk.write("first.txt", "old");
  const { rename } = disk;
  disk.rename = (from, to) => {
    if (to === "second.txt") throw new Error("EIO: i/o error");
    rename(from, to);
  };
  expect((await run(rules, { force: { all: true } })).failed).toHaveLength(1);
  disk.rename = rename;
  expect(await run(rules)).toMatchObject({ outcome: "done", done: 1 });
  expect([disk.text("first.txt"), disk.text("second.txt")]).toEqual(["new", "new"]);
});
