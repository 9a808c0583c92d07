import { expect, test } from "vitest";
import { cannot, stackOf } from "./errors.ts";

test("the stack of an error has where it was made, and what caused it", () => {
  const cause = new Error("EIO");
  const text = stackOf(cannot("read", "a", "it is broken", { hint: "Mend it.", cause }));
  expect(text).toMatch(
    /^BraidError: Cannot read "a": it is broken\n {2}Mend it\.\n {4}at cannot [\s\S]*errors\.test\.ts[\s\S]*\nCaused by: Error: EIO\n {4}at /,
  );
  expect(stackOf("a text")).toBe("a text");
});
