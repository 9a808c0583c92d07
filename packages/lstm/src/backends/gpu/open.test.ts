import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

test("two threads may open the same driver at once", async () => {
  const program = fileURLToPath(new URL("../../testing/open-in-threads.ts", import.meta.url));
  for (let i = 0; i < 4; i++) {
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    expect(stdout).toBe("both ended\n");
  }
});
