import { expect, test } from "vitest";
import { expand } from "../../patterns/expand.ts";
import { directory, temp } from "../../rules/marks.ts";
import { rule } from "../../rules/rule.ts";
import { bench } from "../../testing/run-in-memory.ts";
import { mostShown, targetFiles } from "./target-files.ts";

const body = () => {};
const seeds = Array.from({ length: 50 }, (_, seed) => seed);

test("the files of a target are counted, those that bring others together come first, the rest is cut", () => {
  const one = rule({ output: "one/{seed}.txt", run: body });
  const all = rule({ input: expand(one.output, { seed: seeds }), output: "all.csv", run: body });
  const b = bench({ "one/0.txt": "1234", "one/1.txt": "56", "all.csv": "a,b\nx,1\n" });
  const rules = { target: rule({ input: [expand(one.output, { seed: seeds }), all.output] }), one, all };
  const found = targetFiles(b.prepared(rules));
  expect(found).toMatchObject({ count: 51, missing: 48, bytes: 14 });
  expect(found.shown).toHaveLength(mostShown);
  expect(found.shown[0]).toMatchObject({
    path: "all.csv",
    stands: { size: 8, entries: null },
    preview: { kind: "table" },
  });
  expect(found.shown[3]).toEqual({ path: "one/2.txt", stands: null, preview: null });
});

test("a folder counts its entries, temporary files are none of the outputs, a named file is one", () => {
  const many = rule({ output: directory("many"), run: body });
  const gone = rule({ output: temp("gone.txt"), run: body });
  const b = bench({ "many/a": "1", "many/b": "2" });
  const rules = { target: rule({ input: [many.output, gone.output] }), many, gone };
  const { shown } = targetFiles(b.prepared(rules));
  expect(shown).toMatchObject([{ path: "many", stands: { entries: 2 } }]);
  const named = targetFiles(b.prepared(rules, { targets: ["gone.txt"] }));
  expect(named.shown).toMatchObject([{ path: "gone.txt" }]);
});

test("a file that may not be read has no preview", () => {
  const one = rule({ output: "one.csv", run: body });
  const b = bench({ "one.csv": "a,b\nx,1\n" });
  const prepared = b.prepared({ one });
  b.disk.read = () => {
    throw new Error("EACCES");
  };
  expect(targetFiles(prepared).shown).toMatchObject([{ stands: { size: 8 }, preview: null }]);
});
