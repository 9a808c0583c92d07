/** What becomes of outputs: of bodies that fail or write something else, and of those with marks; on files in memory. */
import { expect, test } from "vitest";
import { ancient, directory, ensure, protect, temp, touch } from "./rules/marks.ts";
import { type Job, type Rules, rule } from "./rules/rule.ts";
import { allowWriting, killedFiles } from "./testing/model/disk.ts";
import { bench, chain, joining } from "./testing/run-in-memory.ts";

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

test("a run with nothing to do takes back the tasks that a killed one left, and what they have half made", async () => {
  const { run, disk, rules } = chain();
  await run(rules);
  const left = [".braid/tasks/old/0-0.json", ".braid/tasks/old/0-0.ends", ".braid/staging/old/1/a.mid"];
  for (const path of left) {
    disk.makeFolder(path.slice(0, path.lastIndexOf("/")));
    disk.write(path, "");
  }
  expect(await run(rules)).toMatchObject({ outcome: "done", total: 0 });
  expect(disk.paths().filter((path) => path.includes("/old/"))).toEqual([]);
  expect(disk.stat(".braid/tasks")).toBeNull();
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
    'Cannot keep "out": it is empty, but ensure() in the rule requires content',
  );
  const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
  expect(await write("abc", { nonEmpty: true, sha256 })).toMatchObject({ outcome: "done" });
  expect((await write("abd", { sha256 })).failed[0]!.error).toContain(
    "its content is not what ensure() in the rule requires",
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

test("the folder that a killed run had not yet protected is protected once: then chmod allows writing", async () => {
  for (let at = 0, isBetween = false; !isBetween; at++) {
    const b = bench({ src: "1" });
    const rules: Rules = {
      one: rule({
        input: "src",
        output: { folder: protect(directory("out")), file: protect("out/a") },
        run: ({ output }) => {
          b.disk.makeFolder(output.folder);
          b.disk.write(output.file, "");
        },
      }),
    };
    const files = killedFiles(b.disk, { at, torn: 0 });
    await b.run(rules, { files }).catch(() => {});
    expect(files.dead).toBe(true);
    isBetween = b.plan(rules).counts.size === 0 && !b.disk.isProtected("out/a");
    if (!isBetween) continue;
    expect(await b.run(rules)).toMatchObject({ total: 0 });
    const refused = b.run(rules, { force: { all: true } });
    await expect(refused).rejects.toThrow('Cannot make "out/a": it is protected');
    allowWriting(b.disk, "out");
    expect(await b.run(rules, { force: { all: true } })).toMatchObject({ outcome: "done", done: 1 });
    expect(b.disk.isProtected("out/a")).toBe(true);
  }
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
