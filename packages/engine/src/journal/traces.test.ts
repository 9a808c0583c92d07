/** Traces, packed and fresh. */
import { expect, test } from "vitest";
import { trace } from "../testing/records.ts";
import { traceTable } from "./traces.ts";

const all = [
  trace("plain", { roles: "3.e.f" }),
  trace("touched", { touched: 12 }),
  trace("measured", { cpu: 0, memory: 5_000_192 }),
  trace("two", {
    outputs: [
      {
        size: 9,
        mtime: 5,
        hash: "folder",
        parts: [
          { name: "a", size: 4, mtime: 4, hash: "x" },
          { name: "b/c", size: 5, mtime: 5, hash: "" },
        ],
      },
      { size: 0, mtime: 6, hash: "y" },
    ],
  }),
  trace("empty folder", { outputs: [{ size: 0, mtime: 0, hash: "e", parts: [] }] }),
  trace("located", { outputs: [{ size: 3, mtime: 1.5, ctime: 2.25, inode: 5_000_000_000, hash: "h" }] }),
];

function fresh() {
  const table = traceTable();
  for (const one of all) table.set(one.path, one);
  return table;
}

const packed = () => traceTable(fresh().packed());

test("traces come back as they were, packed or not, fields without a column too", () => {
  for (const table of [fresh(), packed()]) {
    expect([...table.values()]).toEqual(all);
    // A path is found in another way when very many are asked for.
    for (let ask = 0; ask < 50; ask++) {
      for (const one of all) expect(table.get(one.path)).toEqual(one);
      expect(table.get("absent")).toBeUndefined();
    }
    expect(table.size).toBe(6);
  }
});

test("a trace that is replaced before it was packed is gone", () => {
  const table = fresh();
  table.set("two", trace("two", { attempt: 2 }));
  expect(table.size).toBe(6);
  expect([...traceTable(table.packed()).values()]).toEqual(
    all.map((one) => (one.path === "two" ? trace("two", { attempt: 2 }) : one)),
  );
});

test("a newer trace replaces a packed one, and packing again keeps the newer", () => {
  const table = packed();
  const newer = trace("plain", { attempt: 2 });
  table.set("plain", newer);
  table.set("more", trace("more"));
  expect(table.size).toBe(7);
  expect(table.get("plain")).toEqual(newer);
  const again = traceTable(table.packed());
  expect(again.size).toBe(7);
  expect(again.get("plain")).toEqual(newer);
});

test("more traces than a block holds come back, and one with more files than that", () => {
  const table = traceTable();
  const parts = Array.from({ length: 10_000 }, (_, i) => ({ name: `${i}`, size: i, mtime: i, hash: "" }));
  const folder = trace("folder", { outputs: [{ size: 1, mtime: 2, hash: "f", parts }] });
  for (let i = 0; i < 9_000; i++) table.set(`${i}`, trace(`${i}`, { call: i }));
  table.set("folder", folder);
  table.set("after", trace("after"));
  table.set("5", trace("5", { attempt: 3 }));
  for (const read of [table, traceTable(table.packed())]) {
    expect(read.size).toBe(9_002);
    expect(read.get("8999")).toEqual(trace("8999", { call: 8_999 }));
    expect(read.get("folder")).toEqual(folder);
    expect(read.get("after")).toEqual(trace("after"));
    expect(read.get("5")?.attempt).toBe(3);
  }
});

test("a newer trace that has a path as another output replaces the one that had it as the first", () => {
  const table = traceTable();
  table.set("a", trace("a", { others: ["b"] }));
  table.set("b", trace("b", { others: ["a"] }));
  expect([table.get("a"), table.get("b")?.path, table.ofOther("a")?.path]).toEqual([undefined, "b", "b"]);
  const again = traceTable(table.packed());
  expect([again.size, again.get("a"), again.ofOther("a")?.path]).toEqual([1, undefined, "b"]);
});

test("what the jobs of a rule come to is the sum of the traces that hold, packed or not", () => {
  const table = fresh();
  table.set("slow", trace("slow", { rule: "score", end: 9_001, share: 3 }));
  table.set("taken", trace("taken", { rule: "score", attempt: 0, end: 500 }));
  table.set("plain", trace("plain", { end: 2_001 }));
  const sums = {
    train: { jobs: 6, bytes: 4 * 3 + 9, measured: 6, seconds: expect.closeTo(2 + 5 * 0.0015) },
    score: { jobs: 2, bytes: 6, measured: 1, seconds: 3 },
  };
  const again = traceTable(table.packed());
  for (const one of [table, again]) expect(Object.fromEntries(one.byRule())).toEqual(sums);
  again.set("more", trace("more", { rule: "score" }));
  expect(again.byRule().get("score")?.jobs).toBe(3);
});
