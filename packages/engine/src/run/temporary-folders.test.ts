/** Temporary folders with an output of their job in them: folder and output stay and go together. */
import { expect, test } from "vitest";
import { directory, temp } from "../rules/marks.ts";
import { type AnyRule, after, type Files, type Rules, rule } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";

type Bench = ReturnType<typeof bench>;

/** Makes the folder `d` with `x` and `y`; `x` is an output as well. Both are temporary. */
const folder = (b: Bench): AnyRule =>
  rule({
    input: "src",
    output: { x: temp("d/x"), d: temp(directory("d")) },
    run: ({ input, output }) => {
      b.disk.makeFolder(output.d);
      b.disk.write(output.x, b.disk.text(input));
      b.disk.write(`${output.d}/y`, "y");
    },
  });

/** Writes which files the folder has. */
const listing = (b: Bench, input: readonly string[], output: Files): AnyRule =>
  rule({ input, output: output as "x", run: (job) => b.disk.write(job.output, String(b.disk.list("d"))) });

test("an output in a temporary folder stays as long as the folder is read", async () => {
  const b = bench({ src: "1" });
  const rules: Rules = {
    all: rule({ input: ["first", "second"] }),
    first: joining(b.disk, "d/x", "first"),
    second: listing(b, ["d", "first"], "second"),
    folder: folder(b),
  };
  expect(await b.run(rules)).toMatchObject({ outcome: "done", failed: [] });
  expect(b.disk.text("second")).toBe("x,y");
  expect(b.disk.stat("d")).toBeNull();
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test("a temporary folder stays as long as an output in it is read", async () => {
  const b = bench({ src: "1" });
  const rules: Rules = {
    all: rule({ input: ["first", "second"] }),
    first: listing(b, ["d"], "first"),
    second: joining(b.disk, ["d/x", "first"], "second"),
    folder: folder(b),
  };
  for (const text of ["1", "2"]) {
    b.disk.write("src", text);
    expect(await b.run(rules)).toMatchObject({ outcome: "done", failed: [] });
    expect(b.disk.text("second")).toBe(`${text}x,y`);
    expect(b.disk.stat("d")).toBeNull();
    expect(await b.run(rules)).toMatchObject({ total: 0 });
  }
});

test.each(["d", "d/x", "d/y"])("if an after reads %s, the whole folder stays", async (first) => {
  const b = bench({ src: "1" });
  const rules: Rules = {
    end: rule({
      input: after(first, () => "src"),
      output: "end",
      run: ({ output }) => b.disk.write(output, ""),
    }),
    folder: folder(b),
  };
  await b.run(rules);
  expect(b.disk.list("d")).toEqual(["x", "y"]);
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});

test.each(["d", "d/x", "d/y"])("if %s is a target, the whole folder stays", async (target) => {
  const b = bench({ src: "1" });
  const rules: Rules = { end: joining(b.disk, "d/x", "end"), folder: folder(b) };
  const targets = [target, "end"];
  await b.run(rules, { targets });
  expect(b.disk.list("d")).toEqual(["x", "y"]);
  expect(await b.run(rules, { targets })).toMatchObject({ total: 0 });
  // The next run of the whole workflow removes it.
  await b.run(rules);
  expect(b.disk.stat("d")).toBeNull();
  expect(await b.run(rules)).toMatchObject({ total: 0 });
});
