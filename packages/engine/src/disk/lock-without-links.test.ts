import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { lockFor } from "./lock.ts";

vi.mock("node:fs", async (original) => ({
  ...(await original<typeof import("node:fs")>()),
  linkSync() {
    throw Object.assign(new Error("EPERM: operation not permitted, link"), {
      code: "EPERM",
      syscall: "link",
    });
  },
}));

test("on a file system without hard links the way to run is told", () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-lock-"));
  expect(() => lockFor({ folder })).toThrow(
    `Cannot write to the working folder "${folder}": EPERM: operation not permitted, link\n` +
      "  The lock is a hard link, which this file system does not allow. If nothing else runs in this folder, use --nolock.",
  );
  expect(() => lockFor({ folder, withoutLock: true })).not.toThrow();
});
