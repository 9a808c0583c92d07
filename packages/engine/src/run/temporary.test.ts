/** Temporary outputs go when nobody needs them: they are there when a job does, and what somebody made stays. */
import { expect, test } from "vitest";
import { ancient, temp } from "../rules/marks.ts";
import { after, type Rules, rule } from "../rules/rule.ts";
import { bench, joining, writeJoined } from "../testing/run-in-memory.ts";

/**
 * `raw` and `link` are temporary: `end` reads `link`, which reads `raw`. When `other` changes, `raw` is made again for
 * it; `end` turns out to need `link` only when `raw` has no reader left that may run.
 */
function crossed(b: ReturnType<typeof bench>, text: string): Rules {
  return {
    all: rule({ input: ["end", "other"] }),
    raw: joining(b.disk, "src", temp("raw")),
    other: joining(b.disk, "raw", "other", text),
    link: joining(b.disk, "raw", temp("link")),
    end: joining(b.disk, ["link", "other"], "end"),
  };
}

test("of a removed output whose job turned out to be up to date, the inputs stay as long as it may be needed", async () => {
  const b = bench({ src: "s" });
  await b.run(crossed(b, "1"));
  b.ran();
  expect(await b.run(crossed(b, "2"))).toMatchObject({ outcome: "done", failed: [] });
  expect(b.ran()).toEqual(["raw", "other", "link", "end", "all"]);
  expect(b.disk.text("end")).toBe("ss2");
  expect([b.disk.stat("raw"), b.disk.stat("link")]).toEqual([null, null]);
  expect(await b.run(crossed(b, "2"))).toMatchObject({ total: 0 });
});

test("so they do where the job that needs it is known only when the plan has grown", async () => {
  const b = bench({ src: "s", names: "a" });
  const rules = (text: string): Rules => ({
    ...crossed(b, text),
    all: rule({
      input: after("list", (list) => (b.disk.text(list) === "a" ? ["other"] : ["other", "end"])),
      output: "all",
      run: ({ output }) => b.disk.write(output, ""),
    }),
    list: joining(b.disk, "names", "list"),
  });
  await b.run(rules("1"), { targets: ["end", "all"] });
  b.disk.write("names", "b");
  b.ran();
  expect(await b.run(rules("2"))).toMatchObject({ outcome: "done", failed: [] });
  expect(b.ran()).toEqual(["list", "raw", "other", "link", "end", "all"]);
  expect(await b.run(rules("2"))).toMatchObject({ total: 0 });
});

/** `mid` is temporary. */
function passing(files: Record<string, string>) {
  const b = bench(files);
  const rules = {
    all: rule({ input: "end" }),
    end: joining(b.disk, ["mid", "other"], "end"),
    mid: joining(b.disk, "src", temp("mid")),
  };
  return { ...b, rules };
}

test("a temporary file that stands without a record stays, and no later run makes it", async () => {
  const { disk, rules, run, ran } = passing({ src: "0", other: "0", mid: "by hand", end: "by hand" });
  expect(await run(rules)).toMatchObject({ total: 0 });
  expect(disk.text("mid")).toBe("by hand");
  // Its reader has a record now, it has none.
  disk.write("other", "1");
  await run(rules);
  expect(ran()).toEqual(["end", "all"]);
  expect(disk.text("mid")).toBe("by hand");
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test("one that a job has made goes", async () => {
  const { disk, rules, run } = passing({ src: "0", other: "0" });
  await run(rules);
  expect(disk.stat("mid")).toBeNull();
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test("one that somebody has changed stays, where that does not count", async () => {
  const { disk, rules, run } = passing({ src: "0", other: "0" });
  await run(rules, { keepTemporary: true });
  disk.write("mid", "by hand");
  disk.write("other", "1");
  const triggers = new Set(["mtime", "input", "params", "code"] as const);
  await run(rules, { triggers });
  expect(disk.text("mid")).toBe("by hand");
  // As it counts, it is kept beside, made anew, and goes.
  disk.write("other", "2");
  await run(rules);
  expect(disk.stat("mid")).toBeNull();
});

test("a job waits for a removed input whose maker waits itself, over an ancient place", async () => {
  const { disk, run, ran } = bench({ "a.src": "a", "b.src": "b", "c.src": "c" });
  const rules: Rules = {
    j: joining(disk, ["b.tmp", "c.out"], "j.out"),
    bb: joining(disk, [ancient("a.out"), "b.src"], temp("b.tmp")),
    a: rule({
      input: "a.src",
      output: "a.out",
      async run(job) {
        await new Promise((resolve) => setTimeout(resolve, 30));
        writeJoined(disk, job);
      },
    }),
    c: joining(disk, "c.src", "c.out"),
  };
  await run(rules);
  ran();
  disk.write("a.src", "A");
  disk.write("c.src", "C");
  expect(await run(rules)).toMatchObject({ outcome: "done" });
  expect(ran()).toEqual(["c", "a", "bb", "j"]);
  expect(disk.text("j.out")).toBe("AbC");
});

test("a job that is forced, and that the plan does not need, leaves no temporary output", async () => {
  const b = bench({ src: "1" });
  const rules: Rules = {
    all: rule({ input: after("list", () => "end") }),
    list: joining(b.disk, "src", "list"),
    end: joining(b.disk, "mid", "end"),
    mid: joining(b.disk, "src", temp("mid")),
    alone: joining(b.disk, "src", temp("alone")),
  };
  await b.run(rules);
  expect(b.disk.stat("mid")).toBeNull();
  for (const name of ["mid", "alone"]) {
    b.ran();
    expect(await b.run(rules, { force: { these: [name] } })).toMatchObject({ outcome: "done", done: 1 });
    expect(b.ran()).toEqual([name]);
    expect(b.disk.stat(name)).toBeNull();
    // As a target it stays.
    await b.run(rules, { force: { these: [name] }, targets: ["all", name] });
    expect(b.disk.stat(name)).not.toBeNull();
    await b.run(rules);
  }
});
