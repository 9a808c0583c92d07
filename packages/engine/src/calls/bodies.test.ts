import { expect, test } from "vitest";
import { captureOutput } from "./bodies.ts";

test("streams are as before when the last of several runs has ended, whatever their order", () => {
  const before = process.stdout.write;
  const [first, second] = [captureOutput("show"), captureOutput("show")];
  const captured = process.stdout.write;
  expect(captured).not.toBe(before);
  first();
  first();
  expect(process.stdout.write).toBe(captured);
  second();
  expect(process.stdout.write).toBe(before);
  captureOutput("show")();
  expect(process.stdout.write).toBe(before);
});
