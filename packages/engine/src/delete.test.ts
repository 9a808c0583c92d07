/** What is deleted, and what is kept and why. */
import { expect, test } from "vitest";
import { deleteOutputs } from "./delete.ts";
import { expand } from "./patterns/expand.ts";
import { directory, protect, temp } from "./rules/marks.ts";
import { after, rule } from "./rules/rule.ts";
import { bench, joining, writeJoined } from "./testing/run-in-memory.ts";

/** one/a and two/b from one source. */
async function two() {
  const b = bench({ source: "1" });
  const rules = {
    all: joining(b.disk, ["one/a", "two/b"], "all"),
    a: joining(b.disk, "source", "one/a"),
    b: joining(b.disk, "source", "two/b"),
  };
  await b.run(rules);
  return { ...b, asked: { rules, files: b.disk, folder: "" } };
}

test("what lies in a folder that is not writable is kept, and a dry run says the same", async () => {
  const { disk, asked } = await two();
  disk.locked.add("one");
  const why = "its folder one is not writable";
  const found = { deleted: ["two/b", "all"], left: [{ path: "one/a", why, failed: true }] };
  expect(deleteOutputs(asked, true)).toEqual(found);
  expect(deleteOutputs(asked, false)).toEqual(found);
  expect(disk.paths().filter((path) => !path.startsWith(".braid"))).toEqual(["one/a", "source"]);
});

test("an output that somebody has edited is kept", async () => {
  const { disk, asked } = await two();
  disk.write("one/a", "my own");
  expect(deleteOutputs(asked, false)).toEqual({
    deleted: ["two/b", "all"],
    left: [{ path: "one/a", why: "it was edited after its job made it" }],
  });
  expect(disk.text("one/a")).toBe("my own");
});

test("a folder that stands in the place of an output is kept", async () => {
  const { disk, asked } = await two();
  disk.remove("one/a");
  disk.makeFolder("one/a");
  disk.write("one/a/mine", "my own");
  expect(deleteOutputs(asked, false).left).toEqual([{ path: "one/a", why: "a folder has this path" }]);
  expect(disk.text("one/a/mine")).toBe("my own");
});

test("if the disk refuses to remove one output, the others are deleted", async () => {
  const { disk, asked } = await two();
  const { remove } = disk;
  disk.remove = (path) => {
    if (path === "one/a") throw Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" });
    remove(path);
  };
  expect(deleteOutputs(asked, false)).toEqual({
    deleted: ["two/b", "all"],
    left: [{ path: "one/a", why: "permission denied", failed: true }],
  });
  expect(disk.stat("two/b")).toBeNull();
});

test("what a plan has grown by, and may not grow by again, is kept and named", async () => {
  const b = bench({ names: "x" });
  const list = joining(b.disk, "names", "list");
  const part = rule({
    output: ["part_{x}", temp("temp_{x}")],
    run: (job) => writeJoined(b.disk, { ...job, input: [] }),
  });
  const rules = {
    all: rule({
      input: after("list", (path) => expand("part_{x}", { x: b.disk.text(path).split(",") })),
      output: "all",
      run: (job) => writeJoined(b.disk, job),
    }),
    list,
    part,
  };
  const asked = { rules, files: b.disk, folder: "" };
  await b.run(rules, { keepTemporary: true });
  const paths = (of?: "temporary") => {
    const { deleted, left } = deleteOutputs(asked, true, of);
    return [[...deleted].sort(), left.map(({ path }) => path)];
  };
  expect(paths()).toEqual([["all", "list", "part_x", "temp_x"], []]);
  b.disk.write("names", "x,y");
  expect(paths()).toEqual([
    ["all", "list"],
    ["part_x", "temp_x"],
  ]);
  expect(paths("temporary")).toEqual([[], ["temp_x"]]);
  expect(deleteOutputs(asked, false).left[0]).toEqual({
    path: "part_x",
    why: "only a run can tell whether the plan still needs it",
  });
});

test("what the engine has no record of having made is kept: a file, an empty folder, one with an empty folder", async () => {
  const { disk, run, ...b } = bench({ source: "1" });
  const folder = (path: string) =>
    rule({ input: "source", output: directory(path as "x"), run: ({ output }) => disk.makeFolder(output) });
  const rules = {
    all: rule({ input: ["made", "file", "empty", "nested"] }),
    made: folder("made"),
    file: joining(disk, "source", "file"),
    empty: folder("empty"),
    nested: folder("nested"),
  };
  disk.write("file", "mine");
  for (const path of ["empty", "nested/inner"]) disk.makeFolder(path);
  await run(rules, { targets: ["made"] });
  expect(b.ran()).toEqual(["made"]);
  const why = "there is no record that its job made it";
  const found = { deleted: ["made"], left: ["file", "empty", "nested"].map((path) => ({ path, why })) };
  const asked = { rules, files: disk, folder: "" };
  expect(deleteOutputs(asked, true)).toEqual(found);
  expect(deleteOutputs(asked, false)).toEqual(found);
  expect(["made", "file", "empty", "nested/inner"].filter((path) => disk.stat(path) !== null)).toHaveLength(
    3,
  );
});

test("outputs that lie in each other are deleted together, or stay together", async () => {
  for (const [inner, outer, kept] of [
    [protect("d/x"), directory("d"), "d/x"],
    ["d/x", protect(directory("d")), "d"],
    ["d/x", directory("d"), undefined],
  ] as const) {
    const { run, disk } = bench();
    const rules = {
      one: rule({
        output: { x: inner as "d/x", d: outer },
        run: ({ output }) => {
          disk.makeFolder(output.d);
          disk.write(output.x, "x");
          disk.write(`${output.d}/y`, "y");
        },
      }),
    };
    await run(rules);
    const reasons = {
      [`${kept}`]: "it is protected",
      [kept === "d" ? "d/x" : "d"]: `it is kept together with ${kept}`,
    };
    const left = kept === undefined ? [] : ["d/x", "d"].map((path) => ({ path, why: reasons[path] }));
    const found = { deleted: kept === undefined ? ["d/x", "d"] : [], left };
    const asked = { rules, files: disk, folder: "" };
    expect(deleteOutputs(asked, true)).toEqual(found);
    expect(deleteOutputs(asked, false)).toEqual(found);
    expect(disk.list("d")).toEqual(kept === undefined ? null : ["x", "y"]);
  }
});
