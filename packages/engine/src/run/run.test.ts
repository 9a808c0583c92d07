/** What is asked of a run, and what it does around its jobs, on files in memory. */
import { expect, test } from "vitest";
import { prepareAnew } from "../dry-run.ts";
import { rule } from "../rules/rule.ts";
import type { PlanOptions } from "../staleness/plan-options.ts";
import { bench, chain, writeJoined } from "../testing/run-in-memory.ts";

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

test("so are the files that -R, --until, --omit-from and --prioritize name", async () => {
  const { plan, rules, run, disk } = chain();
  const folder = "/work";
  const jobs = (options: Partial<PlanOptions>) => [...plan(rules, { folder, ...options }).counts.keys()];
  const targets = ["a.end"];
  for (const file of ["./a.mid", "/work/a.mid", "x/../a.mid"]) {
    expect(jobs({ targets, select: { until: [file] } })).toEqual(["first"]);
    expect(jobs({ targets, select: { omitFrom: [file] } })).toEqual([]);
    const { urgent } = prepareAnew({ rules, files: disk, folder, targets, prioritize: [file] });
    expect(urgent.size).toBe(1);
  }
  await run(rules, { targets });
  for (const file of ["./a.mid", "/work/a.mid"])
    expect(plan(rules, { folder, targets, force: { these: [file] } }).jobs()[0]).toMatchObject({
      reason: "forced",
    });
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

test.each(["resources", "priority"])(
  "a %s function that throws fails its job alone, and the message names the function",
  async (what) => {
    const b = bench();
    const failing = ({ wildcards }: { wildcards: { n: string } }) => {
      if (wildcards.n === "1") throw new Error("no such size");
      return what === "priority" ? 1 : {};
    };
    const rules = {
      all: rule({ input: ["1.end", "2.end"] }),
      end: rule({ input: "{n}.out", output: "{n}.end", run: (job) => writeJoined(b.disk, job) }),
      one: rule({ output: "{n}.out", [what]: failing, run: (job) => writeJoined(b.disk, job) }),
    };
    const ended = await b.run(rules, { keepGoing: true });
    expect(ended).toMatchObject({ outcome: "failed", done: 2, blocked: 2 });
    expect(b.ran()).toEqual(["one (n=2)", "end (n=2)"]);
    expect(ended.failed).toMatchObject([{ job: "one (n=1)", target: "1.out" }]);
    expect(ended.failed[0]!.error).toMatch(
      new RegExp(`^Its ${what} function failed: Error: no such size\n {4}at `),
    );
    expect(b.disk.text(ended.failed[0]!.log)).toContain(`one (n=1): failed\nIts ${what} function failed`);
    expect(await b.run(rules, { targets: ["1.out"] })).toMatchObject({ outcome: "failed", left: 0 });
  },
);

test("a resources function that throws for a further attempt fails the job with both messages", async () => {
  const resources = ({ attempt }: { attempt: number }) => {
    if (attempt > 1) throw new Error("no larger machine");
    return {};
  };
  const run = () => {
    throw new Error("too small");
  };
  const ended = await bench().run({ one: rule({ output: "out", resources, run }) }, { retries: 3 });
  expect(ended).toMatchObject({ outcome: "failed", left: 0 });
  expect(ended.failed[0]!.error).toMatch(
    /^Its resources function failed: Error: no larger machine.*The job was about to be retried after this error: Error: too small/s,
  );
});

test("without the lock, what another run has left or is making is not cleared away", async () => {
  const { disk, run, rules } = chain();
  disk.makeFolder(".braid/staging/other");
  disk.write(".braid/staging/other/half", "");
  await run(rules, { withoutLock: true });
  await run(rules, { withoutLock: true });
  expect(disk.list(".braid/staging")).toEqual(["other"]);
  await run(rules);
  expect(disk.list(".braid/staging")).toBe(null);
});

test("a journal that another run has rewritten meanwhile is told of", async () => {
  const { disk, run, rules, events } = chain();
  const open = disk.openAppend;
  disk.openAppend = (path) => ({ ...open(path), stands: () => false });
  await run(rules, { withoutLock: true });
  expect(events).toContainEqual({
    kind: "warning",
    text: "Another run rewrote the journal in the meantime: some results of this run are not recorded. They will be made again, or compared by time only.",
  });
});

test("where no logs can be written, a run refuses to begin", async () => {
  const { run, rules, disk, ran } = chain();
  disk.makeFolder(".braid/logs");
  disk.locked.add(".braid/logs");
  await expect(run(rules)).rejects.toThrow('Cannot write logs in ".braid/logs": it is not writable');
  disk.remove(".braid/logs");
  disk.write(".braid/logs", "");
  await expect(run(rules)).rejects.toThrow('Cannot write logs in ".braid/logs": it is a file');
  expect(ran()).toEqual([]);
});

test("a run whose own folder is removed ends with a sentence", async () => {
  const { run, disk } = bench();
  const one = rule({
    output: "one",
    run() {
      const { openAppend } = disk;
      disk.remove(".braid");
      disk.openAppend = (path) => {
        if (disk.stat(".braid/logs") === null)
          throw Object.assign(new Error("ENOENT: no"), { code: "ENOENT" });
        return openAppend(path);
      };
    },
  });
  await expect(run({ one })).rejects.toThrow("Cannot go on: the folder .braid, or a part of it, was removed");
});
