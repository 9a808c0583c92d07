import { expect, test } from "vitest";
import { cannot, messageOf, stackOf } from "./errors.ts";

test("the stack of an error has where it was made, and what caused it", () => {
  const cause = new Error("EIO");
  const text = stackOf(cannot("read", "a", "it is broken", { hint: "Mend it.", cause }));
  expect(text).toMatch(
    /^BraidError: Cannot read "a": it is broken\n {2}Mend it\.\n {4}at cannot [\s\S]*errors\.test\.ts[\s\S]*\nCaused by: Error: EIO\n {4}at /,
  );
  expect(stackOf("a text")).toBe("a text");
});

test("what is thrown and is no error is told with its fields", () => {
  const thrown = { message: "no data", code: 3 };
  expect(messageOf(thrown)).toBe("{ message: 'no data', code: 3 }");
  expect(stackOf(new Error("x", { cause: thrown }))).toMatch(/Caused by: \{ message: 'no data', code: 3 \}$/);
  const round: Record<string, unknown> = { big: 1n, list: Array.from({ length: 1_000 }) };
  round.self = round;
  expect(messageOf(round).length).toBeLessThan(1_000);
  expect([undefined, null, 1, "a text", Object.create(null)].map(messageOf)).toEqual([
    ...["undefined", "null", "1", "a text", "[Object: null prototype] {}"],
  ]);
});
