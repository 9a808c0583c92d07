import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { oncePerVersion } from "./file-version.ts";
import { newFolder } from "./testing/made-up-data.ts";

test("a file is read once, and again when it has changed", () => {
  const file = join(newFolder(), "table.csv");
  let reads = 0;
  const text = oncePerVersion((path) => {
    reads++;
    return readFileSync(path, "utf8");
  });
  writeFileSync(file, "a");
  expect([text(file), text(file), reads]).toEqual(["a", "a", 1]);
  writeFileSync(file, "bc");
  expect([text(file), text(file), reads]).toEqual(["bc", "bc", 2]);
});
