/** A run gives its lock back, whether it succeeds or fails. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { rule } from "../rules/rule.ts";
import { run } from "../run.ts";

test("after a run the folder is free for the next one in the same process, and no lock is left", async () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-lock-"));
  const make = (output: "a" | "b", fails = false) => ({
    one: rule({
      output,
      run: ({ output }) => {
        if (fails) throw new Error("no");
        writeFileSync(output, "");
      },
    }),
  });
  const locks = () => readdirSync(join(folder, ".braid")).filter((name) => name.includes("lock"));
  const outcome = async (rules: ReturnType<typeof make>) => (await run({ rules, folder, slots: 1 })).outcome;
  try {
    expect([await outcome(make("b", true)), locks()]).toEqual(["failed", []]);
    expect([await outcome(make("a")), locks()]).toEqual(["done", []]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
