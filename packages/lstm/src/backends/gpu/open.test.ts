import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { cannot } from "../../errors.ts";
import { oneLine } from "./open.ts";

test("two threads may open the same driver at once", async () => {
  const program = fileURLToPath(new URL("../../testing/open-in-threads.ts", import.meta.url));
  for (let i = 0; i < 4; i++) {
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    expect(stdout).toBe("both ended\n");
  }
});

test("an error goes on one line without its action, each part with one mark behind it", () => {
  const error = cannot("use CUDA", "it has none", "Install the driver.", "`backend: wasm` needs none.");
  expect(oneLine(error)).toBe("it has none; Install the driver. `backend: wasm` needs none.");
  expect(oneLine(new Error("it broke"))).toBe("it broke");
});
