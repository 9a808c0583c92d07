/** What a run without the lock is making, the one that holds the lock leaves alone; what it has left, it clears away. */
import { describe, expect, test } from "vitest";
import { markUnlockedRun, thisProcess } from "./disk/holder.ts";
import type { MemoryFiles } from "./disk/memory-files.ts";
import { rule } from "./rules/rule.ts";
import { bench, chain } from "./testing/run-in-memory.ts";

const theirs = [".braid/staging/other", ".braid/trash/other", ".braid/tasks/other"];
const mark = ".braid/beside/other";

/** What another run has in the engine's folder. */
function makeTheirs(disk: MemoryFiles): void {
  for (const folder of theirs) disk.makeFolder(folder);
  disk.write(".braid/staging/other/half", "");
  disk.write(".braid/tasks/other/0-0.json", '{"jobs":[]}');
}

const standing = (disk: MemoryFiles) => theirs.filter((folder) => disk.stat(folder) !== null);

test("while its process lives, its staging, trash and tasks stay, with something to do and without", async () => {
  const { disk, run, rules } = chain();
  makeTheirs(disk);
  const unmark = markUnlockedRun(disk, "other", "braid --nolock");
  for (const ran of [2, 0]) {
    expect(await run(rules)).toMatchObject({ done: ran });
    expect(standing(disk)).toEqual(theirs);
    expect(disk.stat(".braid/tasks/other/0-0.json")).not.toBe(null);
  }
  unmark();
  await run(rules);
  expect(standing(disk)).toEqual([]);
});

test("drafts of the plan and the index that a killed run left are removed by the next run", async () => {
  const { disk, run, rules } = chain();
  await run(rules);
  for (const name of ["plan", "journal.index", "journal"]) disk.write(`.braid/${name}.new`, "half");
  expect(await run(rules)).toMatchObject({ done: 0 });
  expect(disk.paths().filter((path) => path.endsWith(".new"))).toEqual([]);
});

describe("they are cleared away with its mark where", () => {
  const gone = JSON.stringify({ ...thisProcess(""), boot: "another" });
  test.each([
    ["its process is gone", gone],
    ["it died while it wrote its mark", gone.slice(0, 20)],
  ])("%s", async (_, text) => {
    const { disk, run, rules } = chain();
    makeTheirs(disk);
    disk.makeFolder(".braid/beside");
    disk.write(mark, text);
    await run(rules);
    expect(standing(disk)).toEqual([]);
    expect(disk.stat(mark)).toBe(null);
  });
});

test("on another host, nobody can say: it counts as alive", async () => {
  const { disk, run, rules } = chain();
  makeTheirs(disk);
  disk.makeFolder(".braid/beside");
  disk.write(mark, JSON.stringify({ ...thisProcess(""), host: "elsewhere" }));
  await run(rules);
  expect(standing(disk)).toEqual(theirs);
});

test("it is marked as long as its bodies run, however it ends, and only without the lock", async () => {
  const { disk, run } = bench();
  const marks: (number | undefined)[] = [];
  const look = (fails: boolean) => ({
    looks: rule({
      output: "x",
      run({ output }) {
        marks.push(disk.list(".braid/beside")?.length);
        if (fails) throw new Error("no");
        disk.write(output, "");
      },
    }),
  });
  await run(look(true));
  await run(look(true), { withoutLock: true });
  await run(look(false), { withoutLock: true });
  expect(marks).toEqual([undefined, 1, 1]);
  expect(disk.list(".braid/beside") ?? []).toEqual([]);
});
