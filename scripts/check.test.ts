import { expect, test } from "vitest";
import { startFault } from "./check.mjs";

test("an old Node is told which one is needed and where to get it", () => {
  expect(startFault("20.11.1", true)).toBe(
    `Cannot start with Node 20.11.1: Braid needs Node >= 22.18
  On 64-bit x86 Linux the install brings it: run the script through pnpm (npx -y pnpm@12 ...).
  Elsewhere install a newer Node from https://nodejs.org.`,
  );
  expect(startFault("22.17.9", true)).toContain("needs Node >= 22.18");
  expect(startFault("18.20.0", false)).toContain("needs Node >= 22.18");
});

test("a new enough Node starts", () => {
  for (const version of ["22.18.0", "22.21.1", "24.0.0", "26.1.0-nightly"])
    expect(startFault(version, true)).toBeUndefined();
});

test("missing dependencies are told with the command that brings them", () => {
  expect(startFault("24.0.0", false)).toBe(
    `Cannot start: the dependencies are not installed
  Run \`npx -y pnpm@12 install\` in the project's folder and read its error.`,
  );
});
