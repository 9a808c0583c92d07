/** Files that nobody may read, or folders that nobody may write to: a sentence names them, and only their jobs fail. */
import { expect, test } from "vitest";
import type { FileSystem } from "./disk/files.ts";
import { rule } from "./rules/rule.ts";
import { bench, chain, joining } from "./testing/run-in-memory.ts";

/** From now on, these operations on a path throw. */
function refuse(
  disk: FileSystem,
  path: string,
  code = "EACCES",
  operations: readonly (keyof FileSystem)[] = ["sha256", "read", "list"],
): void {
  for (const name of operations) {
    const own = disk[name] as (...args: unknown[]) => unknown;
    const refusing = (...args: unknown[]) => {
      if (args[0] === path) throw Object.assign(new Error(`${code}: no, open '${path}'`), { code });
      return own(...args);
    };
    Object.assign(disk, { [name]: refusing });
  }
}

/** s1 -> a1, s2 -> a2, s3 -> a3. */
function three() {
  const b = bench({ s1: "1", s2: "2", s3: "3" });
  const { disk } = b;
  const rules = { all: joining(disk, ["a1", "a2", "a3"], "all"), a: joining(disk, "s{n}", "a{n}") };
  return { ...b, rules };
}

test.each([
  ["EACCES", 'Cannot read "s2": permission denied'],
  ["EIO", 'Cannot read "s2": the disk reports an error (EIO)'],
])("%s: only the job that reads the file fails, the others go on", async (code, text) => {
  const { run, rules, disk, ran } = three();
  refuse(disk, "s2", code);
  const summary = await run(rules, { keepGoing: true });
  expect(summary).toMatchObject({ outcome: "failed", done: 2, blocked: 1 });
  expect(summary.failed.map((job) => [job.target, job.error.split("\n")[0]])).toEqual([["a2", text]]);
  expect(ran().sort()).toEqual(["a (n=1)", "a (n=3)"]);
});

test("without -k, the run ends by that job", async () => {
  const { run, rules, disk } = three();
  refuse(disk, "s2");
  const summary = await run(rules, { slots: 1 });
  expect(summary.outcome).toBe("failed");
  expect(summary.failed.map((job) => job.target)).toEqual(["a2"]);
});

test("a plan that has to read the file says so; with -k, the other jobs run", async () => {
  const { run, plan, rules, disk, ran } = three();
  await run(rules);
  ran();
  for (const path of ["s2", "s3"]) disk.write(path, "new");
  refuse(disk, "s2");
  const text = 'Cannot read "s2": permission denied\n';
  expect(() => plan(rules)).toThrow(text);
  await expect(run(rules)).rejects.toThrow(text);
  const summary = await run(rules, { keepGoing: true });
  expect(summary.failed.map((job) => job.target)).toEqual(["a2"]);
  expect(ran()).toEqual(["a (n=3)"]);
});

test("an output that nobody can read is not kept: the earlier one stays, and its job runs again", async () => {
  const { run, rules, disk, ran } = chain();
  await run(rules);
  disk.write("a.src", "two");
  const { sha256 } = disk;
  disk.sha256 = (path, encoding) => {
    if (path.startsWith(".braid/")) throw Object.assign(new Error("EACCES: no"), { code: "EACCES" });
    return sha256(path, encoding);
  };
  const { failed } = await run(rules, { keepGoing: true });
  expect(failed[0]!.error).toBe('Cannot keep "a.mid": it cannot be read\n  reason  permission denied');
  expect(disk.text("a.mid")).toBe("one");
  disk.sha256 = sha256;
  ran();
  expect((await run(rules)).outcome).toBe("done");
  expect(ran()).toEqual(["first", "last"]);
});

test("a folder in an input folder is named", async () => {
  const b = bench({ "d/e/1": "1", other: "2" });
  const rules = {
    all: joining(b.disk, ["b", "c"], "all"),
    b: joining(b.disk, "d/e/1", "b"),
    c: joining(b.disk, "other", "c"),
    reads: joining(b.disk, "d", "o"),
  };
  refuse(b.disk, "d/e");
  const { failed } = await b.run(rules, { keepGoing: true, targets: ["all", "o"] });
  expect(failed.map((job) => job.error.split("\n")[0])).toEqual([
    'Cannot read the folder "d/e": permission denied',
  ]);
});

test("a source that becomes unreadable while its job runs fails that job", async () => {
  const { run, disk } = bench({ source: "1" });
  const { stat } = disk;
  let ctime = 1;
  disk.stat = (path) => {
    const found = stat(path);
    return found && { ...found, ctime };
  };
  const one = rule({
    input: "source",
    output: "made",
    run({ output }) {
      disk.write(output, "1");
      ctime = 2;
      refuse(disk, "source");
    },
  });
  const { failed } = await run({ one }, { keepGoing: true });
  expect(failed.map((job) => job.error.split("\n")[0])).toEqual(['Cannot read "source": permission denied']);
});

test("of a folder that is made read-only during a run, only the jobs fail that write to it", async () => {
  const b = bench({ source: "1" });
  const { disk } = b;
  disk.makeFolder("closed");
  const first = rule({
    input: "source",
    output: "first",
    run({ output }) {
      disk.write(output, "1");
      disk.locked.add("closed");
    },
  });
  const rules = {
    all: joining(disk, ["closed/one", "open/one"], "all"),
    first,
    one: joining(disk, "first", "{folder}/one"),
  };
  const { failed, done } = await b.run(rules, { keepGoing: true });
  expect(failed.map((job) => job.error.split("\n")[0])).toEqual([
    'Cannot make outputs in "closed": "closed" is not writable',
  ]);
  expect(done).toBe(2);
});
