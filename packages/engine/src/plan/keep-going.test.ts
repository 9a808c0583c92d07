/** With `-k`, what can be made is planned, and what cannot is listed. */
import { expect, test } from "vitest";
import { bench, joining } from "../testing/run-in-memory.ts";

test("a target whose job lacks a source is listed, even where the target stands", async () => {
  const b = bench({ end: "old", raw: "0" });
  const rules = {
    end: joining(b.disk, ["mid", "gone"], "end"),
    mid: joining(b.disk, "raw", "mid"),
  };
  expect(() => b.prepared(rules)).toThrow('Cannot make "gone"');
  const { impossible } = b.prepared(rules, { keepGoing: true });
  expect(impossible.map(({ rule, lacks }) => [rule.name, lacks])).toEqual([["end", ["gone"]]]);
  expect(await b.run(rules, { keepGoing: true })).toMatchObject({ outcome: "failed", total: 1 });
  // Elsewhere it is taken as it stands.
  const reader = { last: joining(b.disk, "end", "last"), ...rules };
  expect(b.prepared(reader, { keepGoing: true }).impossible).toEqual([]);
});
