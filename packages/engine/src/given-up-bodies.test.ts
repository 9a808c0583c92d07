/** A body that nobody waits for any more may still be at work: what it writes then goes into no job's outputs. */
import { expect, test } from "vitest";
import { rule } from "./rules/rule.ts";
import { bench } from "./testing/run-in-memory.ts";

/** What a body that was given up tries to write once it may go on. */
function lateWriter() {
  const b = bench();
  const goOn = Promise.withResolvers<void>();
  const wrote = Promise.withResolvers<void>();
  async function writeLate(path: string): Promise<void> {
    await goOn.promise;
    try {
      b.disk.write(path, "late");
    } finally {
      wrote.resolve();
    }
  }
  async function writeEarly(path: string): Promise<void> {
    b.disk.write(path, "early");
    goOn.resolve();
    await wrote.promise;
  }
  return { ...b, writeLate, writeEarly };
}

test("not into those of the next job", async () => {
  const { run, disk, writeLate, writeEarly } = lateWriter();
  const slow = rule({ output: "slow/x", timeout: 0.05, priority: 1, run: ({ output }) => writeLate(output) });
  const other = rule({ output: "other/x", run: ({ output }) => writeEarly(output) });
  const all = rule({ input: [slow.output, other.output] });
  expect(await run({ all, slow, other }, { slots: 1, keepGoing: true })).toMatchObject({ done: 1 });
  expect(new TextDecoder().decode(disk.read("other/x"))).toBe("early");
});

test("not into those of another attempt at the same job", async () => {
  const { run, disk, writeLate, writeEarly } = lateWriter();
  const twice = rule({
    output: "x",
    timeout: 0.05,
    retries: 1,
    run: ({ output, attempt }) => (attempt === 1 ? writeLate : writeEarly)(output),
  });
  expect(await run({ twice })).toMatchObject({ outcome: "done" });
  expect(new TextDecoder().decode(disk.read("x"))).toBe("early");
});

test("not into those of a job that was lost with others and is made again by itself", async () => {
  const { run, disk, writeLate, writeEarly } = lateWriter();
  let calls = 0;
  const parts = rule({
    output: "{n}/x",
    batch: 2,
    timeout: 0.05,
    async runBatch(jobs) {
      // Each of the two is made again in a folder that was the other one's, were they used again.
      if (calls++ === 0) await Promise.all(jobs.map((job) => writeLate(job.output)));
      for (const job of jobs) {
        if (calls === 2) await writeEarly(job.output);
        else disk.write(job.output, "early");
        job.done();
      }
    },
  });
  const all = rule({ input: ["1/x", "2/x"] });
  expect(await run({ all, parts }, { slots: 1 })).toMatchObject({ outcome: "done" });
  for (const path of ["1/x", "2/x"]) expect(new TextDecoder().decode(disk.read(path))).toBe("early");
});

test("and where it keeps its folder from being removed, the run goes on", async () => {
  const { run, disk } = bench();
  const { remove } = disk;
  let kept = false;
  disk.remove = (path) => {
    if (!path.startsWith(".braid/staging/") || kept) return remove(path);
    kept = true;
    throw new Error("ENOTEMPTY: directory not empty");
  };
  const twice = rule({
    output: "x",
    retries: 1,
    run({ output, attempt }) {
      if (attempt === 1) throw new Error("no");
      disk.write(output, "");
    },
  });
  expect(await run({ twice })).toMatchObject({ outcome: "done" });
  expect(kept).toBe(true);
  expect(disk.list(".braid/staging")).toBe(null);
});
