import { expect, test } from "vitest";
import { temp } from "../rules/marks.ts";
import type { Rules } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";

test("what cannot be made again since a source is gone is used as it is, and each run says so", async () => {
  const b = bench({ s1: "1", s2: "2", k: "k" });
  const rules: Rules = {
    d: joining(b.disk, ["b1", "b2"], "d"),
    b: joining(b.disk, ["a{n}", "k"], "b{n}"),
    a: joining(b.disk, "s{n}", temp("a{n}")),
  };
  const warnings = () => b.events.splice(0).flatMap((one) => (one.kind === "warning" ? [one.text] : []));
  await b.run(rules);
  expect(warnings()).toEqual([]);
  b.disk.remove("s1");
  b.disk.write("k", "K");
  const said = "b1 is used as it is, and cannot be made again: a1 is missing.";
  await b.run(rules);
  expect(b.disk.text("d")).toBe("1k2K");
  expect(warnings()).toEqual([said]);
  // From a saved plan too.
  expect(await b.run(rules)).toMatchObject({ total: 0 });
  expect(warnings()).toEqual([said]);
  b.disk.write("s1", "1");
  await b.run(rules);
  expect(b.disk.text("d")).toBe("1K2K");
  expect(warnings()).toEqual([]);
});

test("a source that nobody made is not among them, whatever rule it looks like", async () => {
  const b = bench({ "a.txt": "1" });
  const rules = { up: joining(b.disk, "a.txt", "up"), unpack: joining(b.disk, "{x}.gz", "{x}.txt") };
  await b.run(rules);
  expect(b.events.filter(({ kind }) => kind === "warning")).toEqual([]);
});
