import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { importOptional } from "./packages.ts";

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), "braid-optional-"));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

test("a package that stands beside the workflow is imported", async () => {
  const workflow = folder();
  const place = join(workflow, "node_modules", "braid-made-up");
  mkdirSync(place, { recursive: true });
  writeFileSync(
    join(place, "package.json"),
    JSON.stringify({ type: "module", exports: { "./inner": "./a.js" } }),
  );
  writeFileSync(join(place, "a.js"), "export const answer = 42;");
  const { answer } = await importOptional<{ answer: number }>("braid-made-up/inner", workflow, "--made-up");
  expect(answer).toBe(42);
});

test("a package that is not installed is named with the way to install it", async () => {
  await expect(importOptional("braid-made-up/inner", folder(), "--made-up")).rejects.toThrow(
    'Cannot use "--made-up": the package braid-made-up is not installed\n  Install it: npm install braid-made-up',
  );
});
