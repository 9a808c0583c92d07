/** A run may be killed anywhere: the same command ends with the same files and repeats only what was not done. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

let folder: string;
const running = new Set<ChildProcess>();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-killed-"));
});
afterEach(() => {
  for (const child of running) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

interface Run {
  readonly child: ChildProcess;
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | string | null>;
  output(): string;
}

function start(...options: string[]): Run {
  const script = join(import.meta.dirname, "killed.ts");
  const child = spawn(process.execPath, [script, "-d", folder, "-j", "2", ...options]);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  running.add(child);
  const ended = new Promise<number | string | null>((resolve) =>
    child.on("exit", (code, signal) => {
      running.delete(child);
      resolve(signal ?? code);
    }),
  );
  return { child, ended, output: () => output };
}

const ran = () =>
  existsSync(join(folder, "ran")) ? readFileSync(join(folder, "ran"), "utf8").trim().split("\n") : [];
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until so many jobs have run, or the run has ended. */
async function untilRan(jobs: number, run: Run): Promise<void> {
  let over = false;
  void run.ended.then(() => {
    over = true;
  });
  while (!over && ran().length < jobs) await sleep(5);
}

const expected = Array.from({ length: 40 }, (_, x) => `${`${x}\n`.repeat(100)}end\n${x}`).join("");

test("killed again and again at random moments, it ends with the right files, and repeats at most what was running", async () => {
  let kills = 0;
  for (;;) {
    const run = start();
    await untilRan(ran().length + 15 + Math.floor(Math.random() * 15), run);
    run.child.kill("SIGKILL");
    if ((await run.ended) !== "SIGKILL") break;
    kills++;
    // Half-written files never stand under their final names.
    for (const path of ["first/0.txt", "first/7.txt", "third/3.txt"])
      if (existsSync(join(folder, path))) expect(readFileSync(join(folder, path), "utf8")).toContain("end\n");
  }
  expect(await start().ended).toBe(0);
  expect(kills).toBeGreaterThan(2);
  expect(readFileSync(join(folder, "all.txt"), "utf8")).toBe(expected);
  // Two at once were running, and one may have been done but not yet recorded.
  expect(ran().length - new Set(ran()).size).toBeLessThanOrEqual(4 * kills);
  const again = start();
  expect(await again.ended).toBe(0);
  expect(again.output()).toContain("up to date");
});

test("Ctrl-C once lets running jobs end; the same command goes on without repeating any", async () => {
  const run = start("--ms", "50");
  await untilRan(6, run);
  run.child.kill("SIGINT");
  expect(await run.ended).toBe(130);
  expect(run.output()).toContain("Interrupted");
  expect(ran().length).toBeLessThan(80);
  expect(await start("--ms", "50").ended).toBe(0);
  expect(new Set(ran()).size).toBe(ran().length);
  expect(readFileSync(join(folder, "all.txt"), "utf8")).toBe(expected);
});

for (const [how, signals] of [
  ["Ctrl-C twice", ["SIGINT", "SIGINT"]],
  ["SIGTERM", ["SIGTERM"]],
] as const)
  test(`${how} cancels running jobs, and leaves nothing half done`, async () => {
    const run = start("--ms", "3000");
    const journal = join(folder, ".braid", "journal");
    const begun = () => existsSync(journal) && readFileSync(journal, "utf8").includes('{"t":"start"');
    while (running.has(run.child) && !begun()) await sleep(10);
    await sleep(100);
    for (const signal of signals) {
      run.child.kill(signal);
      await sleep(50);
    }
    expect(await run.ended).toBe(130);
    expect(ran()).toEqual([]);
    expect(existsSync(join(folder, "first/0.txt"))).toBe(false);
    expect(existsSync(join(folder, ".braid", "lock"))).toBe(false);
  });

test("a second run in the same folder is refused while the first goes on; a dry run is not", async () => {
  const first = start("--ms", "100");
  await untilRan(2, first);
  const second = start();
  expect(await second.ended).toBe(2);
  expect(second.output()).toContain("Cannot start: another run works in this folder");
  expect(await start("-n").ended).toBe(0);
  first.child.kill("SIGTERM");
  expect(await first.ended).toBe(130);
});

test("exit codes tell done, failed and wrong arguments apart", async () => {
  expect(await start("--jobs", "0").ended).toBe(2);
  expect(await start("no/such/target").ended).toBe(2);
  expect(await start("third/1.txt").ended).toBe(0);
});
