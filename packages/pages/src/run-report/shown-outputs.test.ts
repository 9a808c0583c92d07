import { expect, test } from "vitest";
import { filesOf } from "../testing/inspection.ts";
import { previews } from "./preview.ts";
import { mostOutputs, shownCategories } from "./shown-outputs.ts";

const disk = filesOf({ "a.csv": "x,y\n1,2\n" });
const output = (path: string, category: string | null) => ({
  path,
  category,
  rule: "plot",
  caption: `Of ${path}`,
});

test("outputs stand by category in the order in which they come; those beyond the limit are only counted", () => {
  const many = Array.from({ length: 30 }, (_, i) => output(`f_${i}.svg`, "Figures"));
  const found = shownCategories(
    [output("a.csv", null), ...many, output("b.csv", null)],
    disk,
    previews(disk),
  );
  expect(found.map(({ name, count, outputs }) => [name, count, outputs.length])).toEqual([
    [null, 2, 2],
    ["Figures", 30, mostOutputs],
  ]);
  expect(found[0]!.outputs).toMatchObject([
    { path: "a.csv", caption: "Of a.csv", preview: { kind: "table" } },
    { path: "b.csv", stands: null },
  ]);
});
