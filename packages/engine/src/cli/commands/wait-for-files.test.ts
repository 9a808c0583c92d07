import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { waitForFiles } from "./wait-for-files.ts";

function scene(latencyWait: number) {
  const folder = mkdtempSync(join(tmpdir(), "braid-wait-"));
  const said: string[] = [];
  const wait = (...files: string[]) =>
    waitForFiles({ files, folder, latencyWait, say: (text) => void said.push(text) });
  return { folder, said, wait };
}

test("files that are there are not waited for", async () => {
  const { folder, said, wait } = scene(60);
  writeFileSync(join(folder, "a"), "");
  await wait("a", join(folder, "a"));
  expect(said).toEqual([]);
});

test("a file that arrives while others wait for it lets them go on", async () => {
  const { folder, said, wait } = scene(60);
  const over = wait("late");
  writeFileSync(join(folder, "late"), "");
  await over;
  expect(said).toEqual(["Waiting at most 60 s for 1 missing file."]);
});

test("what does not come in time is named", async () => {
  const { folder, said, wait } = scene(0);
  writeFileSync(join(folder, "a"), "");
  await expect(wait("a", "b", "c/d")).rejects.toThrow(
    [
      "Cannot start: 2 files to wait for are missing",
      "  missing  b",
      "           c/d",
      `  folder   ${folder}`,
      "  waited   0 s",
      "  Paths are relative to the working folder; --latency-wait says how long to wait.",
    ].join("\n"),
  );
  expect(said).toEqual([]);
  await expect(wait(...Array.from({ length: 12 }, (_, i) => `f${i}`))).rejects.toThrow(
    "           and 2 more\n",
  );
  await expect(wait("b")).rejects.toThrow("Cannot start: 1 file to wait for is missing\n");
});
