/** Where /proc hides the processes of other users (hidepid=2), their locks hold. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { lockHolder, takeLock } from "./lock.ts";

/** A process that this test's own user may neither signal nor look at. */
const hidden = 4_194_000;

vi.mock("node:fs", async (original) => {
  const real = await original<typeof import("node:fs")>();
  return {
    ...real,
    readFileSync(...asked: Parameters<typeof real.readFileSync>) {
      if (asked[0] === `/proc/${hidden}/stat`) throw Object.assign(new Error("ENOENT"), { code: "ENOENT" });
      return real.readFileSync(...asked);
    },
  };
});

afterEach(() => void vi.restoreAllMocks());

/** The lock of the hidden process in a new folder. */
function lockOfHidden(): string {
  const folder = mkdtempSync(join(tmpdir(), "braid-lock-"));
  const path = join(folder, ".braid", "lock");
  const release = takeLock(folder, "first");
  const holder = JSON.parse(readFileSync(path, "utf8"));
  release();
  mkdirSync(join(folder, ".braid"), { recursive: true });
  writeFileSync(path, JSON.stringify({ ...holder, pid: hidden }));
  return folder;
}

test.each([
  ["EPERM", hidden],
  ["ESRCH", null],
])("a signal to it that ends with %s tells whether it lives", (code, pid) => {
  const folder = lockOfHidden();
  vi.spyOn(process, "kill").mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
  expect(lockHolder(folder)?.pid ?? null).toBe(pid);
  const take = () => takeLock(folder, "next")();
  if (pid === null) expect(take).not.toThrow();
  else expect(take).toThrow("another run works in this folder");
  rmSync(folder, { recursive: true });
});
