/** What is looked at of inputs: folders with all that is in them, links, and sources that change while they are read. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { dryRun } from "../dry-run.ts";
import { expand } from "../patterns/expand.ts";
import { ancient, directory } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { run } from "../run/run.ts";
import { bench, writeJoined } from "../testing/run-in-memory.ts";

describe("an input that is a folder", () => {
  /** A job that lists the folder `d`. */
  function listing(files: Readonly<Record<string, string>>, output = "o") {
    const b = bench(files);
    b.disk.makeFolder("d/empty");
    const list = rule({
      input: "d",
      output: output as "o",
      log: "d/list.log",
      run: (job) =>
        b.disk.write(
          job.output,
          b.disk
            .paths()
            .filter((path) => path.startsWith("d/"))
            .join(" "),
        ),
    });
    return { ...b, rules: { list } };
  }

  test.each([
    ["a new file", "d/new"],
    ["a new file in a folder inside it", "d/sub/new"],
    ["a file in a folder that was empty", "d/empty/new"],
    ["a file in a new folder", "d/more/new"],
  ])("makes its job run again for %s", async (_, path) => {
    const { disk, run, plan, rules } = listing({ "d/file": "1", "d/sub/file": "1" });
    await run(rules);
    expect(await run(rules)).toMatchObject({ total: 0 });
    disk.makeFolder(path.slice(0, path.lastIndexOf("/")));
    expect(plan(rules).jobs()).toEqual([]);
    disk.write(path, "");
    expect(plan(rules).jobs()).toMatchObject([{ reason: "changed input d" }]);
    await run(rules);
    expect(disk.text("o")).toContain(path);
    expect(await run(rules)).toMatchObject({ total: 0 });
    disk.remove(path);
    expect(plan(rules).jobs()).toHaveLength(1);
  });

  test("does not make it run again when other targets are asked for, where a job writes into it", async () => {
    const b = bench({ "in/f": "1" });
    const reading = (output: string) =>
      rule({ input: "in", output: output as "o", run: ({ output }) => b.disk.write(output, "") });
    const rules = { index: reading("in/index"), sum: reading("sum"), twice: reading("in/{name}.twice") };
    const targets = ["sum", "in/index", "in/a.twice"];
    await b.run(rules, { targets });
    for (const asked of [["sum"], ["in/index"], targets, ["sum", "in/index"], ["sum"]])
      expect(await b.run(rules, { targets: asked })).toMatchObject({ total: 0 });
    b.disk.write("in/g", "");
    expect(await b.run(rules, { targets: ["sum"] })).toMatchObject({ total: 1 });
  });

  test.each(["./in", "in/", "{here}/in", "../{name}/in"])(
    "spelled %s, does not count what jobs make of it",
    async (spelled) => {
      const folder = mkdtempSync(join(tmpdir(), "braid-folder-"));
      onTestFinished(() => rmSync(folder, { recursive: true }));
      mkdirSync(join(folder, "in"));
      writeFileSync(join(folder, "in/f"), "1");
      const input = spelled.replace("{here}", folder).replace("{name}", basename(folder));
      const rules = {
        all: rule({ input: "in/made" }),
        sum: rule({ input: input as "in", output: "sum", log: "in/sum.log", shell: "ls {input} > {output}" }),
        made: rule({ input: "sum", output: "in/made", shell: "cp {input} {output}" }),
      };
      expect(await run({ rules, folder, slots: 1 })).toMatchObject({ done: 3 });
      expect(await run({ rules, folder, slots: 1 })).toMatchObject({ total: 0 });
    },
  );

  test("makes its job run again when it is filled after it was empty", async () => {
    const { disk, run, plan, rules } = listing({});
    await run(rules);
    expect(await run(rules)).toMatchObject({ total: 0 });
    disk.write("d/file", "1");
    expect(plan(rules).jobs()).toHaveLength(1);
  });

  test("may hold the output of its own job: the next run has nothing to do", async () => {
    const { disk, run, plan, ran, rules } = listing({ "d/file": "1" }, "d/o");
    await run(rules);
    expect(ran()).toEqual(["list"]);
    expect(await run(rules)).toMatchObject({ total: 0 });
    expect(await run(rules)).toMatchObject({ total: 0 });
    disk.write("d/new", "2");
    expect(plan(rules).jobs()).toMatchObject([{ reason: "changed input d" }]);
  });

  test.each([
    ["d/out", "d/out/file"],
    ["d/sub/out", "d/sub/out/more/file"],
  ])("may hold the folder that its own job makes: %s", async (output, made) => {
    const b = bench({ "d/file": "1", "d/sub/file": "1" });
    const rules = {
      one: rule({
        input: "d",
        output: directory(output as "d/out"),
        run: (job) => {
          const path = `${job.output}${made.slice(output.length)}`;
          b.disk.makeFolder(path.slice(0, path.lastIndexOf("/")));
          b.disk.write(path, "");
        },
      }),
    };
    await b.run(rules);
    expect(b.disk.stat(made)).not.toBeNull();
    expect(await b.run(rules)).toMatchObject({ total: 0 });
    b.disk.write("d/sub/new", "2");
    expect(b.plan(rules).jobs()).toMatchObject([{ reason: "changed input d" }]);
  });

  test("holds a source where a rule that has made it is gone", async () => {
    const { disk, run, plan, rules } = listing({ "d/file": "1" });
    const made = rule({ output: "d/made", run: ({ output }) => disk.write(output, "made") });
    await run({ ...rules, made }, { targets: ["made", "list"] });
    disk.write("d/made", "by hand");
    expect(plan(rules).jobs()).toMatchObject([{ reason: "changed input d" }]);
    await run(rules);
    expect(await run(rules)).toMatchObject({ total: 0 });
    disk.write("d/made", "again");
    expect(plan(rules).jobs()).toMatchObject([{ reason: "changed input d" }]);
  });

  test("that a job makes is what that job made: files that were added to it do not count", async () => {
    const b = bench();
    const rules = {
      use: rule({ input: "d", output: "o", run: ({ output }) => b.disk.write(output, "") }),
      make: rule({
        output: directory("d"),
        run: ({ output }) => {
          b.disk.makeFolder(output);
          b.disk.write(`${output}/file`, "1");
        },
      }),
    };
    await b.run(rules);
    b.disk.write("d/cache", "");
    expect(await b.run(rules)).toMatchObject({ total: 0 });
  });
});

test("a file that is a plain and an ancient input of one job counts", async () => {
  const { disk, run, plan } = bench({ t: "1" });
  const rules = {
    both: rule({
      input: { x: "t", y: ancient("t") },
      output: "o",
      run: ({ input, output }) => disk.write(output, disk.text(input.x)),
    }),
  };
  await run(rules);
  expect(await run(rules)).toMatchObject({ total: 0 });
  disk.write("t", "22");
  expect(plan(rules).jobs()).toMatchObject([{ reason: "changed input t" }]);
  await run(rules);
  expect(disk.text("o")).toBe("22");
});

test("a job whose source is edited before its body reads it stays out of date until it was made from what stands", async () => {
  const { disk, run, plan } = bench({ s: "1" });
  let edit = true;
  const rules = {
    slow: rule({
      input: "s",
      output: "o",
      run: (job) => {
        if (edit) disk.write("s", "2");
        writeJoined(disk, job);
      },
    }),
  };
  await run(rules);
  expect(disk.text("o")).toBe("2");
  edit = false;
  disk.write("s", "1");
  expect(plan(rules).jobs()).toMatchObject([{ reason: "changed input s" }]);
  await run(rules);
  expect(disk.text("o")).toBe("1");
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test.each([
  ["of its own", "s"],
  ["in a gather", expand("{x}", { x: ["s"] })],
])(
  "a source %s that is edited while two jobs read it leaves both out of date, whichever ends first",
  async (_, s) => {
    const { disk, run, plan } = bench({ s: "1" });
    const firstIsDone = Promise.withResolvers<void>();
    const reading = (output: string, then: () => unknown) =>
      rule({
        input: s as "s",
        output: output as "o",
        run: async (job) => {
          const text = disk.text("s");
          await then();
          disk.write(job.output, text);
        },
      });
    const rules = {
      all: rule({ input: ["first", "second"] }),
      first: reading("first", async () => {
        await new Promise(setImmediate);
        disk.write("s", "2");
      }),
      second: reading("second", () => firstIsDone.promise),
    };
    await run(rules, {
      emit: (event) => {
        if (event.kind === "done" && event.job === "first") firstIsDone.resolve();
      },
    });
    expect([disk.text("first"), disk.text("second")]).toEqual(["1", "1"]);
    expect(
      plan(rules)
        .jobs()
        .map((job) => job.rule),
    ).toEqual(["first", "second", "all"]);
    await run(rules);
    expect([disk.text("first"), disk.text("second")]).toEqual(["2", "2"]);
  },
);

describe("with the size and the time that it had", () => {
  function linked() {
    const folder = mkdtempSync(join(tmpdir(), "braid-states-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const at = (name: string) => join(folder, name);
    const time = new Date(2020, 1, 2);
    const put = (name: string, content: string) => {
      writeFileSync(at(name), content);
      utimesSync(at(name), time, time);
    };
    put("a", "A");
    put("b", "B");
    symlinkSync("a", at("link"));
    const rules = { one: rule({ input: "link", output: "out", shell: "cat {input} > {output}" }) };
    const options = { rules, folder, slots: 1 };
    return { at, put, make: () => run(options), jobs: () => dryRun(options).jobs() };
  }

  test("a link that points to another file counts as changed", async () => {
    const { at, make, jobs } = linked();
    await make();
    expect(await make()).toMatchObject({ total: 0 });
    unlinkSync(at("link"));
    symlinkSync("b", at("link"));
    expect(jobs()).toMatchObject([{ reason: "changed input link" }]);
    expect(await make()).toMatchObject({ done: 1 });
    expect(await make()).toMatchObject({ total: 0 });
  });

  test("a file that was edited counts as changed, one that was put there again with the same content does not", async () => {
    const { at, put, make, jobs } = linked();
    await make();
    unlinkSync(at("a"));
    put("a", "A");
    expect(jobs()).toEqual([]);
    expect(await make()).toMatchObject({ total: 0 });
    put("a", "C");
    expect(jobs()).toMatchObject([{ reason: "changed input link" }]);
  });
});

test.each([
  ["a hard link to", "ln {input}/f {output}"],
  ["new permissions of", "chmod u+x {input}/f && cp {input}/f {output}"],
])("%s a file in an input folder, made by the job itself, changes nothing", async (_, shell) => {
  const folder = mkdtempSync(join(tmpdir(), "braid-folder-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, "in"));
  writeFileSync(join(folder, "in/f"), "1");
  const made = rule({ input: "in", output: directory("made"), shell: "cp -r {input} {output}" });
  const rules = {
    all: rule({ input: ["a", "b"] }),
    a: rule({ input: "in", output: "a", shell }),
    made,
    b: rule({ input: made.output, output: "b", shell }),
  };
  expect(await run({ rules, folder, slots: 1 })).toMatchObject({ done: 4 });
  expect(await run({ rules, folder, slots: 1 })).toMatchObject({ total: 0 });
  utimesSync(join(folder, "in/f"), 1, 1);
  expect(await run({ rules, folder, slots: 1 })).toMatchObject({ total: 0 });
});
