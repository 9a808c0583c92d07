/** Inputs that are known only when other files are made: plans that grow, on files in memory. */
import { expect, test } from "vitest";
import { expand } from "./patterns/expand.ts";
import { ancient, directory, temp } from "./rules/marks.ts";
import { after, type Rules, rule } from "./rules/rule.ts";
import { bench, joining, writeJoined } from "./testing/run-in-memory.ts";
import { touch as touchOutputs } from "./touch.ts";

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

test("a job that asks for what needs it fails, and does not wait for ever", async () => {
  const b = bench();
  const rules = {
    one: rule({ input: after("list", () => "two"), output: "one", run: (job) => writeJoined(b.disk, job) }),
    two: joining(b.disk, "one", "two"),
    list: rule({ output: "list", run: ({ output }) => b.disk.write(output, "") }),
  };
  const { outcome, failed } = await b.run(rules);
  expect(outcome).toBe("failed");
  expect(failed).toMatchObject([{ job: "one", error: expect.stringContaining("it needs itself") }]);
  expect(b.ran()).toEqual(["list"]);
});

/** `next` of one and two names what cannot be made, or throws; a third job needs neither. */
function unable(next: () => string) {
  const b = bench();
  const asks = (name: string, what: () => string) =>
    rule({ input: after("list", what), output: name as "end", run: (job) => writeJoined(b.disk, job) });
  const made = (name: string) =>
    rule({ output: name as "end", run: ({ output }) => b.disk.write(output, name) });
  const rules = {
    all: rule({ input: ["one", "two", "three"] }),
    one: asks("one", next),
    two: asks("two", next),
    three: asks("three", () => "part"),
    part: made("part"),
    list: made("list"),
  };
  return { b, rules };
}

test("a job that asks for what cannot be made fails, as does each that asks for it, and the others go on", async () => {
  const { b, rules } = unable(() => "nowhere");
  const { outcome, failed, done, blocked } = await b.run(rules, { keepGoing: true });
  expect({ outcome, done, blocked }).toEqual({ outcome: "failed", done: 3, blocked: 1 });
  expect(failed.map(({ job }) => job).sort()).toEqual(["one", "two"]);
  for (const { job, error } of failed)
    expect(error).toContain(
      `Cannot make "nowhere": no rule makes it and the file does not exist\n  wanted by  ${job}`,
    );
  expect(b.ran()).toEqual(["list", "part", "three"]);
});

test("a job whose after() throws fails, and without -k nothing new is started", async () => {
  const { b, rules } = unable(() => {
    throw new Error("not a list");
  });
  const { outcome, failed } = await b.run(rules);
  expect(outcome).toBe("failed");
  expect(failed[0]!.error).toContain(
    "its after() function failed\n  error  Error: not a list\n             at ",
  );
  expect(b.ran()).toEqual(["list"]);
});

test("of jobs that ask for each other, only the one that cannot say what it needs fails by itself", async () => {
  const b = bench({ list2: "" });
  const rules = {
    all: rule({ input: ["one", "beside"] }),
    one: rule({ input: after("list", () => "two"), output: "one", run: (job) => writeJoined(b.disk, job) }),
    two: rule({
      input: after("list2", () => "nowhere"),
      output: "two",
      run: (job) => writeJoined(b.disk, job),
    }),
    list: rule({ output: "list", run: ({ output }) => b.disk.write(output, "") }),
    beside: rule({ input: "list", output: "beside", run: ({ output }) => b.disk.write(output, "") }),
  };
  const { failed, blocked } = await b.run(rules, { keepGoing: true });
  expect(failed.map(({ job }) => job)).toEqual(["two"]);
  expect(blocked).toBe(2);
  expect(b.ran()).toEqual(["list", "beside"]);
});

test("a temporary file that says what is needed beside stays, so that the next run can ask it", async () => {
  const b = bench({ names: "a,b" });
  const rules = {
    all: rule({
      input: after("list", (list) => expand("part_{x}", { x: b.disk.text(list).split(",") })),
      output: "all",
      run: (job) => writeJoined(b.disk, job),
    }),
    list: joining(b.disk, "names", temp("list")),
    part: joining(b.disk, "raw_{x}", "part_{x}"),
    raw: rule({ output: temp("raw_{x}"), run: ({ output }) => b.disk.write(output, "raw") }),
  };
  expect(await b.run(rules)).toMatchObject({ outcome: "done", total: 6 });
  expect(b.disk.paths().filter((path) => !path.startsWith(".braid"))).toEqual([
    "all",
    "list",
    "names",
    "part_a",
    "part_b",
  ]);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.disk.remove("all");
  expect(await b.run(rules)).toMatchObject({ outcome: "done", total: 1 });
  expect(b.disk.text("list")).toBe("a,b");
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test("changes of an ancient file that says what is needed beside do not count by themselves", async () => {
  const b = bench({ names: "a", old: "1" });
  const rules = {
    all: rule({
      input: after({ list: "names", old: ancient("old") }, ({ list }) => `part_${b.disk.text(list)}`),
      output: "all",
      run: (job) => writeJoined(b.disk, job),
    }),
    part: rule({ output: "part_{x}", run: ({ output }) => b.disk.write(output, "part") }),
  };
  await b.run(rules);
  b.disk.write("old", "2");
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.disk.write("names", "b");
  expect(await b.run(rules)).toMatchObject({ total: 2 });
});

test("--touch above an after() takes what is asked for too, at once", async () => {
  const b = bench({ names: "a" });
  const rules = {
    end: joining(b.disk, "all", "end"),
    all: rule({
      input: after("list", (list) => expand("part_{x}", { x: b.disk.text(list).split(",") })),
      output: "all",
      run: (job) => writeJoined(b.disk, job),
    }),
    list: joining(b.disk, "names", "list"),
    part: joining(b.disk, "raw", "part_{x}"),
    raw: rule({ output: "raw", run: ({ output }) => b.disk.write(output, "raw") }),
  };
  await b.run(rules);
  for (const path of ["names", "list", "part_b"]) b.disk.write(path, "a,b");
  b.disk.write("raw", "other");
  // list and raw, which are not what was made, both parts, all and end.
  expect(touchOutputs({ rules, files: b.disk, folder: "" })).toEqual({ taken: 6, missing: 0 });
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test.each([
  ["a file in a folder", "parts/b", []],
  // Its content is not recorded, so its job runs again.
  ["a log", "split.log", ["split"]],
])("an after is not called for %s that its job did not make", async (_, first, again) => {
  const b = bench({ src: "a" });
  const called: string[] = [];
  const rules: Rules = {
    end: rule({
      input: after(first, (file) => {
        called.push(b.disk.text(file));
        return [];
      }),
      output: "end",
      run: ({ output }) => b.disk.write(output, ""),
    }),
    split: rule({
      input: "src",
      output: directory("parts"),
      log: "split.log",
      run: ({ input, output }) => {
        b.disk.remove("split.log");
        b.disk.makeFolder(output);
        const letter = b.disk.text(input);
        b.disk.write(`${output}/${letter}`, letter);
        if (letter === "b") b.disk.write("split.log", letter);
      },
    }),
  };
  for (const [letter, ran] of [
    ["a", ["split"]],
    ["a", again],
    ["b", ["split", "end"]],
    ["a", ["split"]],
  ] as const) {
    if (b.disk.text("src") !== letter) b.disk.write("src", letter);
    called.length = 0;
    const { outcome, failed } = await b.run(rules);
    expect(b.ran()).toEqual(ran);
    expect(outcome).toBe(letter === "a" ? "failed" : "done");
    if (letter === "a") {
      expect(failed).toMatchObject([{ rule: "end", error: `Cannot read "${first}": split did not make it` }]);
      expect(called).toEqual([]);
    } else expect(called).toEqual(["b"]);
  }
});
