/** Traces, packed and fresh. */
import { expect, test } from "vitest";
import { packTraces, type Trace, traceTable } from "./traces.ts";

const trace = (path: string, more: Partial<Trace> = {}): Trace => ({
  path,
  rule: "train",
  inputs: "1.a.b",
  set: "1.c.d",
  params: "p",
  code: "c",
  outputs: [{ size: 3, mtime: 1_000.25, hash: "h" }],
  start: 1,
  end: 2.5,
  attempt: 1,
  call: 4,
  ...more,
});

const all = [
  trace("plain"),
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
];

function packed() {
  const table = traceTable();
  for (const one of all) table.set(one.path, one);
  return traceTable(packTraces(table));
}

test("packed traces come back as they were, fields without a column too", () => {
  const table = packed();
  expect([...table.values()]).toEqual(all);
  for (const one of all) expect(table.get(one.path)).toEqual(one);
  expect(table.get("absent")).toBeUndefined();
  expect(table.size).toBe(5);
});

test("a newer trace replaces a packed one, and packing again keeps the newer", () => {
  const table = packed();
  const newer = trace("plain", { attempt: 2 });
  table.set("plain", newer);
  table.set("more", trace("more"));
  expect(table.size).toBe(6);
  expect(table.get("plain")).toEqual(newer);
  const again = traceTable(packTraces(table));
  expect(again.size).toBe(6);
  expect(again.get("plain")).toEqual(newer);
});
