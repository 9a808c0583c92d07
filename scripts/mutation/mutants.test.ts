/** Stryker is pinned, and its list of mutators is inside of it: an update that moves it fails here. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { listMutants, sample } from "./mutants.ts";

const root = mkdtempSync(join(tmpdir(), "braid-mutants-"));
afterAll(() => rmSync(root, { recursive: true }));

const source = `export function f(a, lock) {
  lock.unlock("x");
  await lock.close();
  a.b = 1;
  if (a > 1) return null;
  return a;
}
`;

test("mutants are Stryker's, and statements that are removed", async () => {
  writeFileSync(join(root, "f.ts"), source.replace("function", "async function"));
  const mutants = await listMutants(root, ["f.ts"]);
  expect(mutants.map(({ mutator }) => mutator)).toContain("EqualityOperator");
  const removed = mutants.filter(({ mutator }) => mutator === "StatementRemoval");
  expect(removed.map(({ line, original, replacement }) => [line, original, replacement])).toEqual([
    [2, 'lock.unlock("x");', ";"],
    [3, "await lock.close();", ";"],
    [4, "a.b = 1;", ";"],
    [6, "return a;", "return;"],
  ]);
});

test("the same seed draws the same mutants, another seed others, and a larger sample contains the smaller", () => {
  const all = Array.from({ length: 100 }, (_, i) => ({ key: `${i}` }));
  const ten = sample(all, 10, "1");
  expect(sample(all.toReversed(), 10, "1")).toEqual(ten);
  expect(sample(all, 20, "1").slice(0, 10)).toEqual(ten);
  expect(sample(all, 10, "2")).not.toEqual(ten);
  expect(sample(all, 1_000, "1")).toHaveLength(100);
});
