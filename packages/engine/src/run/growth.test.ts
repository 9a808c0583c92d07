/** Plans that grow: a second run of the same has nothing to do, and what nobody needs any more is removed. */
import { describe, expect, test } from "vitest";
import { ancient, protect, temp } from "../rules/marks.ts";
import { after, type Rules, rule } from "../rules/rule.ts";
import { bench, joining, writeJoined } from "../testing/run-in-memory.ts";

const marks = [
  ["plain", (path: string) => path],
  ["temporary", temp],
  ["protected", protect],
] as const;

describe.each(marks)("a %s file that an after() asks for", (_, mark) => {
  /** list asks for part once index stands; part is made from base. */
  function growing(targets: readonly string[]) {
    const b = bench({ source: "s" });
    const rules: Rules = {
      all: rule({ input: targets as ["list"] }),
      index: joining(b.disk, [], "index"),
      base: joining(b.disk, "source", "base"),
      part: joining(b.disk, "base", mark("part") as string),
      list: rule({
        input: after("index", () => ["part"]),
        output: "list",
        run: (job) => writeJoined(b.disk, job),
      }),
    };
    return { ...b, rules };
  }

  test.each([
    ["by nothing else", ["list"]],
    ["too", ["list", "base"]],
    ["too, and first", ["base", "list"]],
    ["as a target too", ["list", "part", "base"]],
  ])("settles, where what it is made from is needed %s", async (_, targets) => {
    const { run, ran, plan, rules } = growing(targets);
    expect(await run(rules)).toMatchObject({ outcome: "done" });
    expect(ran()).toHaveLength(5);
    for (let call = 0; call < 2; call++) {
      expect(await run(rules)).toMatchObject({ outcome: "done", total: 0 });
      expect(plan(rules).jobs()).toEqual([]);
    }
  });

  test("is made again where what it is made from has changed, or refused where it is protected", async () => {
    const { run, ran, disk, rules } = growing(["list", "base"]);
    await run(rules);
    ran();
    disk.write("source", "t");
    const { failed } = await run(rules);
    if (mark === protect) {
      expect(failed).toMatchObject([{ job: "part", error: expect.stringContaining("it is protected") }]);
      expect(disk.text("part")).toBe("s");
      return;
    }
    expect(ran().sort()).toEqual(["all", "base", "list", "part"]);
    expect(disk.text("list")).toBe("t");
    expect(await run(rules)).toMatchObject({ total: 0 });
  });

  test("is not made again where the job that asks for it was asked to run", async () => {
    const { run, ran, rules } = growing(["list", "base"]);
    await run(rules);
    ran();
    await run(rules, { force: { these: ["index"] } });
    expect(ran()).toEqual(["index"]);
    expect(await run(rules)).toMatchObject({ total: 0 });
  });
});

test("what an after() asks for may ask for more at once", async () => {
  const { disk, run, ran } = bench({ source: "s" });
  const write = (job: Parameters<typeof writeJoined>[1]) => writeJoined(disk, job);
  const rules: Rules = {
    end: rule({ input: after("index", () => ["middle"]), output: "end", run: write }),
    index: joining(disk, [], "index"),
    middle: rule({ input: after("source", () => ["part"]), output: "middle", run: write }),
    part: joining(disk, "source", "part"),
  };
  expect(await run(rules)).toMatchObject({ outcome: "done" });
  expect(ran()).toEqual(["index", "part", "middle", "end"]);
});

test("a job that was to run before it asked for more has what it asks for made, where that was removed", async () => {
  const { disk, run, ran } = bench();
  const rules: Rules = {
    all: rule({ input: "kept" }),
    both: joining(disk, [], ["kept", temp("passing")] as never),
    reader: joining(disk, ["kept", "passing"], "read"),
    index: joining(disk, [], "index"),
    list: rule({
      input: after("index", () => ["passing"]),
      output: "list",
      run: (job) => writeJoined(disk, job),
    }),
  };
  await run(rules, { targets: ["all", "read"] });
  expect(disk.stat("passing")).toBeNull();
  ran();
  expect(await run(rules, { targets: ["list"] })).toMatchObject({ outcome: "done" });
  expect(ran()).toEqual(["index", "both", "list"]);
});

test("a job does not run without a temporary file that it asks for after that was removed in the same run", async () => {
  const b = bench({ list: "base" });
  const rules: Rules = {
    all: rule({ input: "end" }),
    edit: rule({
      input: "list",
      output: "edit",
      run: ({ output }) => {
        b.disk.write(output, "");
        b.disk.write("list", "base part");
      },
    }),
    both: rule({
      input: "edit",
      output: ["base", temp("part")],
      run: ({ output }) => {
        for (const path of output) b.disk.write(path, "x");
      },
    }),
    end: rule({
      input: after("list", () => b.disk.text("list").split(" ")),
      output: "end",
      run: (job) => writeJoined(b.disk, job),
    }),
  };
  const { outcome, failed } = await b.run(rules);
  expect(outcome).toBe("failed");
  expect(failed).toMatchObject([
    {
      job: "end",
      error: `Cannot read "part": this run removed it before a job asked for it
  What the after() function reads changed during the run. Repeat the command.`,
    },
  ]);
  expect(await b.run(rules)).toMatchObject({ outcome: "done" });
  expect(b.disk.text("end")).toBe("xx");
});

test("params that a function takes from the inputs are not asked before an after() has said these", async () => {
  const { disk, run, ran, plan } = bench({ extra: "x" });
  const rules = (text: string): Rules => ({
    list: rule({
      input: after([ancient("index")] as never, () => ["extra"]),
      output: "list",
      params: ({ input }) => ({ inputs: input.length }),
      run: (job) => writeJoined(disk, job),
    }),
    index: joining(disk, [], "index", text),
  });
  await run(rules("1"));
  ran();
  expect(plan(rules("2")).jobs()).not.toContainEqual(
    expect.objectContaining({ rule: "list", reason: "changed params" }),
  );
  await run(rules("2"));
  expect(ran()).toEqual(["index"]);
});

describe("temporary outputs that a run has left", () => {
  /** small is made from the temporary big; end asks for small once list stands, which fails until `flag` does. */
  function unlucky() {
    const b = bench();
    const rules: Rules = {
      top: rule({ input: ["small", "end"] }),
      end: rule({
        input: after("list", (list) => b.disk.text(list)),
        output: "end",
        run: ({ output }) => b.disk.write(output, ""),
      }),
      list: rule({
        output: "list",
        priority: -1,
        run: ({ output }) => {
          if (b.disk.stat("flag") === null) throw new Error("not yet");
          b.disk.write(output, "small");
        },
      }),
      small: joining(b.disk, "big", "small"),
      big: rule({ output: temp("big"), run: ({ output }) => b.disk.write(output, "big") }),
    };
    return { ...b, rules };
  }

  test("while something was still to ask for more go with the run in which nothing is", async () => {
    const { run, ran, disk, rules } = unlucky();
    expect(await run(rules, { keepGoing: true })).toMatchObject({ outcome: "failed", done: 2 });
    expect(disk.text("big")).toBe("big");
    ran();
    disk.write("flag", "");
    expect(await run(rules)).toMatchObject({ outcome: "done" });
    expect(ran()).toEqual(["list", "end", "top"]);
    expect(disk.stat("big")).toBeNull();
    expect(await run(rules)).toMatchObject({ total: 0 });
  });

  test("stay where that run was told to keep them", async () => {
    const { run, disk, rules } = unlucky();
    await run(rules, { keepGoing: true });
    disk.write("flag", "");
    await run(rules, { keepTemporary: true });
    expect(disk.text("big")).toBe("big");
  });

  /** A run that was killed between the record of `out` and the removal of `big`. */
  async function killed() {
    const b = bench({ source: "s" });
    const rules: Rules = {
      all: rule({ input: ["out"] }),
      out: joining(b.disk, "big", "out"),
      big: joining(b.disk, "source", temp("big")),
    };
    const { remove } = b.disk;
    b.disk.remove = (path) => {
      if (path === "big") throw new Error("killed");
      remove(path);
    };
    await expect(b.run(rules)).rejects.toThrow("killed");
    b.disk.remove = remove;
    expect(b.disk.text("big")).toBe("s");
    return { ...b, rules };
  }

  test("by a kill before their removal go with the next run, which has nothing else to do", async () => {
    const { run, ran, disk, rules } = await killed();
    ran();
    await run(rules);
    expect(ran().filter((job) => job !== "all")).toEqual([]);
    expect(disk.stat("big")).toBeNull();
    expect(await run(rules)).toMatchObject({ total: 0 });
  });

  test.each([
    ["for named targets", { targets: ["out"] }],
    ["up to a rule", { select: { until: ["out"] } }],
    ["without a rule", { select: { omitFrom: ["all"] } }],
    ["with --notemp", { keepTemporary: true }],
    ["without the lock", { withoutLock: true }],
  ])(
    "stay in a run %s: there may be readers that it does not know, or they are wanted",
    async (_, options) => {
      const { run, disk, rules } = await killed();
      await run(rules, options);
      expect(disk.text("big")).toBe("s");
      await run(rules);
      expect(disk.stat("big")).toBeNull();
    },
  );

  test("by a run with --notemp stay in the runs after it", async () => {
    const { run, disk, rules } = await killed();
    await run(rules, { keepTemporary: true, force: { all: true } });
    expect(await run(rules)).toMatchObject({ total: 0 });
    expect(disk.text("big")).toBe("s");
  });
});
