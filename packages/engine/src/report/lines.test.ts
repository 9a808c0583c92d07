import { expect, test } from "vitest";
import { removedText } from "./lines.ts";

test("files that were removed and that nothing needs are counted, one is named", () => {
  expect(removedText(1, "out/a")).toBe(
    "out/a was removed, but no job that will run needs it. To make a file again, name its path as a target.",
  );
  expect(removedText(1_200, "out/a")).toBe(
    "1,200 files such as out/a were removed, but no job that will run needs them. To make a file again, name its path as a target.",
  );
});
