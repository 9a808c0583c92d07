/** Options that change how a command works, not what it plans. */
import { describe, expect, test } from "vitest";
import { project } from "./project.ts";
import { letters } from "./workflows.ts";

describe("--wait-for-files", () => {
  test("holds everything back until the files are seen from the working folder", async () => {
    const { write, start } = project({ "workflow.ts": letters, "in/a.txt": "one" });
    const run = start("-d", "in", "-w", "60", "--wait-for-files", "b.txt");
    await run.until(/Waiting at most 60 s for 1 missing file\./);
    write("in/b.txt", "two");
    const { stdout, code } = await run.ended;
    expect(stdout).toContain("4 jobs done");
    expect(code).toBe(0);
  });

  test("ends a dry run too where they do not come, and looks once without --latency-wait", async () => {
    const { braid } = project({ "workflow.ts": letters, "a.txt": "one", "b.txt": "two" });
    const { stdout, stderr, code } = await braid("-n", "--wait-for-files", "a.txt", "c.txt");
    expect({ stdout, code }).toEqual({ stdout: "", code: 2 });
    expect(stderr).toMatch(/^Cannot start: 1 file to wait for is missing\n {2}missing {2}c\.txt\n/);
  });
});
