/** Options that change how a command works, not what it plans. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { project } from "./project.ts";
import { letters, waiting } from "./workflows.ts";

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

describe("--nolock", () => {
  test("runs beside a run that holds the lock, says so, and both are recorded", async () => {
    const other = 'other: rule({ output: "other", run: ({ output }) => writeFileSync(output, "") }) ';
    const { folder, write, start, braid } = project({
      "workflow.ts": waiting.replace("gather, wait }", `gather, wait, ${other}}`),
    });
    const first = start("-j", "2", "-k");
    while (!existsSync(join(folder, "begun_1"))) await setTimeout(20);
    expect((await braid("other")).stderr).toContain("another run works in this folder");
    const second = await braid("other", "--nolock");
    expect(second.stdout).toMatch(
      /Warning: Another run works in this folder: process \d+ on \S+, since \S+\. Outputs that both runs want are made twice\.\n/,
    );
    expect(second.stdout).toContain("1 job done");
    write("go", "");
    expect((await first.ended).stdout).toContain("19 jobs done, 1 failed");
    expect((await braid("-n", "other", "out/3")).stdout).toMatch(/^Nothing to be done/);
  });
});

describe("--verbose", () => {
  const files = { "workflow.ts": letters, "a.txt": "one", "b.txt": "two" };

  test("says of each job when it starts, why, and when it ends", async () => {
    const { stdout } = await project(files).braid("--verbose", "-j", "1");
    expect(stdout).toMatch(
      /^Start: shout \(name=a\): missing output out\/a\.up\nDone: shout \(name=a\), in .* s$/m,
    );
    expect(stdout).toMatch(/^Start: gather: missing output out\/all\.txt\nDone: gather, in /m);
    expect((await project(files).braid("-j", "1")).stdout).not.toMatch(/Start|Done/);
  });

  test("shows the stack of an error, whether the options could be read or not", async () => {
    const { braid, write } = project(files);
    const stack = /^ {4}at .*packages\/engine\/src\//m;
    expect((await braid("no/such", "--verbose")).stderr).toMatch(stack);
    expect((await braid("--verbose", "--no-such-option")).stderr).toMatch(stack);
    expect((await braid("no/such")).stderr).not.toMatch(stack);
    write("p.yml", "verbose: true\n");
    expect((await braid("no/such", "--profile", "p.yml")).stderr).toMatch(stack);
  });

  test("lists all jobs of a dry run", async () => {
    const { braid } = project({ "workflow.ts": waiting.replace("length: 20", "length: 50") });
    expect((await braid("-n")).stdout).toContain("... and 21 more jobs");
    const { stdout } = await braid("-n", "--verbose");
    expect(stdout).not.toContain("more jobs");
    expect(stdout.match(/^wait \(name=/gm)).toHaveLength(50);
  });
});
