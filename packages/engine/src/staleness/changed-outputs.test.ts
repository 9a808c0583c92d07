/** Outputs that are not what their jobs made: they are made again, and what somebody has changed is kept. */
import { expect, test } from "vitest";
import { prepareAnew } from "../dry-run.ts";
import { directory } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { type Bench, bench, chain, joining } from "../testing/run-in-memory.ts";
import { touch as touchOutputs } from "../touch.ts";
import { forecast } from "./forecast.ts";

const replaced = ({ disk }: Pick<Bench, "disk">) =>
  disk.paths().filter((path) => path.startsWith(".braid/replaced/"));
const warnings = ({ events }: Pick<Bench, "events">) =>
  events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));

test("an output that was edited is made again, and the edited file is moved away", async () => {
  const b = chain();
  await b.run(b.rules);
  b.ran();
  b.disk.write("a.mid", "by hand");
  expect(b.plan(b.rules).jobs()).toMatchObject([
    { rule: "first", reason: "the output a.mid changed since it was made", onlyIf: false },
    { rule: "last", onlyIf: true },
  ]);
  const ahead = forecast(prepareAnew({ rules: b.rules, files: b.disk, folder: "" }));
  expect(ahead.edited).toEqual(["a.mid"]);
  // What is made again is what it was: no reader has to run.
  expect(await b.run(b.rules)).toMatchObject({ done: 1, cutOff: 1 });
  expect(b.ran()).toEqual(["first"]);
  expect(b.disk.text("a.mid")).toBe("one");
  const [kept, ...others] = replaced(b);
  expect(others).toEqual([]);
  expect(kept).toMatch(/^\.braid\/replaced\/[^/]+\/a\.mid$/);
  expect(b.disk.text(kept!)).toBe("by hand");
  expect(warnings(b)).toEqual([
    `a.mid did not match its record, so it was made again; the old file is kept as ${kept}.`,
  ]);
  expect(await b.run(b.rules)).toMatchObject({ total: 0 });
});

test("an output that has only another time is what was made", async () => {
  const { disk, run, rules } = chain();
  await run(rules);
  disk.touch("a.mid");
  disk.write("a.end", disk.text("a.end"));
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test("over the hash limit, only another size counts", async () => {
  const b = chain();
  const options = { hashLimit: 2 };
  await b.run(b.rules, options);
  b.disk.write("a.end", "two");
  expect(b.plan(b.rules, options).jobs()).toEqual([]);
  expect(await b.run(b.rules, options)).toMatchObject({ total: 0 });
  b.disk.write("a.end", "three");
  expect(b.plan(b.rules, options).jobs()).toMatchObject([
    { reason: "the output a.end changed since it was made" },
  ]);
});

test("it is a trigger of its own, for the run and for a rule", async () => {
  const b = chain();
  await b.run(b.rules);
  b.disk.write("a.end", "by hand");
  expect(b.plan(b.rules, { triggers: new Set(["mtime", "input", "params", "code"]) }).jobs()).toEqual([]);
  expect(b.plan(b.rules, { triggers: new Set(["output"]) }).jobs()).toHaveLength(1);
  const last = { ...b.rules.last, triggers: ["mtime", "input"] as const };
  expect(await b.run({ ...b.rules, last })).toMatchObject({ total: 0 });
  expect(b.disk.text("a.end")).toBe("by hand");
});

test("--touch accepts what stands, and what was made from it", async () => {
  const b = chain();
  await b.run(b.rules);
  b.disk.write("a.mid", "by hand");
  expect(touchOutputs({ rules: b.rules, files: b.disk, folder: "" })).toEqual({ taken: 2, missing: 0 });
  expect(await b.run(b.rules)).toMatchObject({ total: 0 });
  expect([b.disk.text("a.mid"), b.disk.text("a.end")]).toEqual(["by hand", "one"]);
  b.disk.write("a.mid", "again");
  expect(b.plan(b.rules).jobs()[0]).toMatchObject({ reason: "the output a.mid changed since it was made" });
});

test("of a folder, files that were edited count, and those that were added do not", async () => {
  const b = bench();
  const rules = {
    use: joining(b.disk, "d/notes", "copy"),
    make: rule({
      output: [directory("d"), "d/notes"],
      run: ({ output }) => {
        b.disk.write(output[1], "notes");
        b.disk.write(`${output[0]}/more`, "more");
      },
    }),
  };
  await b.run(rules);
  b.disk.write("d/added", "");
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  b.disk.write("d/more", "by hand");
  expect(b.plan(rules).jobs()[0]).toMatchObject({ reason: "the output d changed since it was made" });
  await b.run(rules);
  expect(b.disk.text("d/more")).toBe("more");
  const more = replaced(b).find((path) => path.endsWith("/d/more"));
  expect(b.disk.text(more!)).toBe("by hand");
});

test("an output that was edited and whose job has to run anyway is kept too", async () => {
  const b = chain();
  await b.run(b.rules);
  b.disk.write("a.src", "two");
  b.disk.write("a.end", "by hand");
  await b.run(b.rules);
  expect(b.disk.text("a.end")).toBe("two");
  expect(replaced(b).map((path) => b.disk.text(path))).toEqual(["by hand"]);
});
