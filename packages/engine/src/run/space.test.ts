/** Runs on disks with little space: stopped only where they certainly do not fit. */
import { expect, test } from "vitest";
import { temp } from "../rules/marks.ts";
import { type Rules, rule } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";

/** `{x}.src` -> `{x}.mid` -> `{x}.end`, of 3 bytes each, with a record of `a`; `mid` marks the file in the middle. */
async function recorded(mid: "{x}.mid" | ReturnType<typeof temp> = "{x}.mid") {
  const b = bench({ "a.src": "one", "b.src": "one" });
  const rules: Rules = {
    last: joining(b.disk, "{x}.mid", "{x}.end"),
    first: joining(b.disk, "{x}.src", mid as "{x}.mid"),
  };
  await b.run(rules, { targets: ["a.end"] });
  const warnings = () => b.events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));
  const of = (x: string) => ({ targets: [`${x}.end`] });
  return { ...b, rules, warnings, of };
}

test("one that adds more than is free refuses to begin, unless it keeps going", async () => {
  const { run, rules, disk, warnings, of } = await recorded();
  disk.space = { bytes: 5, files: 100 };
  await expect(run(rules, of("b"))).rejects.toThrow(
    "Cannot start: the disk has too little space for the bytes that the jobs will add\n  needed  about 6 B in 2 files\n  free    5 B, and 100 files\n",
  );
  disk.space = { bytes: 1e9, files: 1 };
  await expect(run(rules, of("b"))).rejects.toThrow(
    /too little space for the files .*\n(.*\n)*.*\(--keep-going\)\.$/,
  );
  expect(warnings()).toEqual([]);
  expect(await run(rules, { ...of("b"), keepGoing: true })).toMatchObject({ outcome: "done", done: 2 });
  expect(warnings()).toEqual([
    "The disk may become full: the jobs write up to about 6 B in 2 files, including old and temporary outputs. Free: 1.0 GB, and 1 file.",
  ]);
});

test("outputs of a rule that has never run count as files", async () => {
  const { run, disk } = await recorded();
  const fresh = { one: rule({ output: "new", run: () => {} }) };
  disk.space = { bytes: 1e9, files: 0 };
  await expect(run(fresh)).rejects.toThrow("  needed  1 file\n  free    1.0 GB, and 0 files");
});

test("one that replaces outputs, or may need none, begins with a warning", async () => {
  const { run, rules, disk, warnings, of } = await recorded();
  disk.write("a.src", "two");
  disk.space = { bytes: 5, files: 1 };
  expect(await run(rules, of("a"))).toMatchObject({ outcome: "done", done: 2 });
  expect(warnings()).toEqual([
    expect.stringContaining("The disk may become full: the jobs write up to about 6 B"),
  ]);
  disk.space = { bytes: 6, files: 2 };
  disk.write("a.src", "six");
  await run(rules, of("a"));
  expect(warnings()).toHaveLength(1);
});

test("an output that was edited is kept beside the new one, so it counts", async () => {
  const { run, rules, disk, of } = await recorded();
  disk.write("a.mid", "my own text");
  disk.space = { bytes: 2, files: 100 };
  await expect(run(rules, of("a"))).rejects.toThrow("needed  about 3 B in 1 file\n");
});

test("temporary outputs count only where they are kept", async () => {
  const { run, rules, disk, of } = await recorded(temp("{x}.mid"));
  disk.space = { bytes: 4, files: 100 };
  await expect(run(rules, { ...of("b"), keepTemporary: true })).rejects.toThrow(
    "needed  about 6 B in 2 files\n",
  );
  expect(await run(rules, of("b"))).toMatchObject({ outcome: "done", done: 2 });
});
