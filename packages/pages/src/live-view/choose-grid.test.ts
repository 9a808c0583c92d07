import { expect, test } from "vitest";
import { gridShown } from "./page/choose-grid.ts";

const prepare = { rule: "prepare", wildcards: ["site"] };
const train = { rule: "train", wildcards: ["site", "factor"] };

test("until the reader picks a rule, the grid is that of the rule that has taken longest so far", () => {
  expect(gridShown([prepare, train], "")).toBe(prepare);
  expect(gridShown([train, prepare], "")).toBe(train);
});

test("a rule that the reader has picked stays, and gives way where a new run does not have it", () => {
  expect(gridShown([train, prepare], "prepare")).toBe(prepare);
  expect(gridShown([train], "prepare")).toBe(train);
});
