/** What is asked of a run, and what it does around its jobs, on files in memory. */
import { expect, test } from "vitest";
import { rule } from "./rules/rule.ts";
import { bench, chain, writeJoined } from "./testing/run-in-memory.ts";

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

test.each(["resources", "priority"])(
  "%s as a function that throws ends the run, and the message names the job",
  async (what) => {
    const b = bench();
    const failing = () => {
      throw new Error("no such size");
    };
    const rules = {
      one: rule({ output: "{n}.out", [what]: failing, run: (job) => writeJoined(b.disk, job) }),
    };
    await expect(b.run(rules, { targets: ["1.out", "2.out"] })).rejects.toThrow(
      new RegExp(`Cannot run "one \\(n=[12]\\)": its ${what} function failed\\n {2}error {2}no such size`),
    );
  },
);
