/** Outputs that somebody has changed since they were made: noticed, made again, and never lost; on files in memory. */
import { expect, test } from "vitest";
import type { MemoryFiles } from "./disk/memory-files.ts";
import { openJournal, readHistory } from "./journal/journal.ts";
import { directory } from "./rules/marks.ts";
import { rule } from "./rules/rule.ts";
import { bench, chain } from "./testing/run-in-memory.ts";
import { touch } from "./touch.ts";

/** What was moved away, as paths behind the run's folder. */
function kept(disk: MemoryFiles): string[] {
  const replaced = disk.paths().filter((path) => path.startsWith(".braid/replaced/"));
  return replaced.map((path) => path.split("/").slice(3).join("/")).sort();
}

/** A folder of two files, and a file. */
function model() {
  const b = bench();
  const rules = {
    model: rule({
      output: [directory("model"), "score"],
      run: ({ output: [folder, score] }) => {
        b.disk.makeFolder(folder);
        for (const path of [`${folder}/weights`, `${folder}/shape`, score]) b.disk.write(path, "made");
      },
    }),
  };
  return { ...b, rules };
}

test("an output with another content is made again, and the changed file is kept and named", async () => {
  const { run, rules, disk, plan, ran, events } = chain();
  await run(rules);
  ran();
  disk.write("a.mid", "by hand");
  expect(plan(rules).jobs()).toMatchObject([
    { rule: "first", reason: "the output a.mid changed since it was made", onlyIf: false },
    { rule: "last", onlyIf: true },
  ]);
  expect(await run(rules)).toMatchObject({ done: 1, cutOff: 1 });
  expect(disk.text("a.mid")).toBe("one");
  expect(kept(disk)).toEqual(["a.mid"]);
  const warnings = events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));
  expect(warnings).toEqual([
    expect.stringMatching(
      /^a\.mid was changed after it was made.* kept as \.braid\/replaced\/\S+\/a\.mid\.$/,
    ),
  ]);
});

test("one that was written again with the same content is what was made", async () => {
  const { run, rules, disk, plan } = chain();
  await run(rules);
  disk.write("a.mid", "one");
  expect(plan(rules).jobs()).toEqual([]);
});

test("--touch accepts it, and nothing is moved away", async () => {
  const { run, rules, disk, plan } = chain();
  await run(rules);
  disk.write("a.end", "by hand");
  expect(touch({ rules, files: disk, folder: "" })).toEqual({ taken: 1, missing: 0 });
  expect(plan(rules).jobs()).toEqual([]);
  expect(await run(rules)).toMatchObject({ total: 0 });
  expect(disk.text("a.end")).toBe("by hand");
});

test("it counts only where `output` is among the triggers", async () => {
  const { run, rules, disk, plan } = chain();
  await run(rules);
  disk.write("a.end", "by hand");
  expect(plan(rules, { triggers: new Set(["params", "code", "mtime", "input"]) }).jobs()).toEqual([]);
});

test("a job that is forced keeps it too", async () => {
  const { run, rules, disk } = chain();
  await run(rules);
  disk.write("a.end", "by hand");
  await run(rules, { force: { all: true } });
  expect(kept(disk)).toEqual(["a.end"]);
});

const edits: [string, (disk: MemoryFiles) => void, string[]][] = [
  ["a file of a folder", (disk) => disk.write("model/shape", "by hand"), ["model/shape", "model/weights"]],
  [
    "a file of a folder that lacks another one",
    (disk) => {
      disk.remove("model/weights");
      disk.write("model/shape", "by hand");
    },
    ["model/shape"],
  ],
  [
    "an output beside a folder that lacks a file",
    (disk) => {
      disk.remove("model/weights");
      disk.write("score", "by hand");
    },
    ["score"],
  ],
  [
    "a file in the place of a folder",
    (disk) => {
      disk.remove("model");
      disk.write("model", "by hand");
    },
    ["model"],
  ],
];
for (const [what, edit, moved] of edits)
  test(`${what} that was changed is kept`, async () => {
    const { run, rules, disk } = model();
    await run(rules);
    edit(disk);
    expect(await run(rules)).toMatchObject({ outcome: "done", done: 1 });
    expect(kept(disk)).toEqual(moved);
    expect(["model/shape", "model/weights", "score"].map((path) => disk.text(path))).toEqual([
      "made",
      "made",
      "made",
    ]);
  });

test("files that were added to a folder do not count", async () => {
  const { run, rules, disk, plan } = model();
  await run(rules);
  disk.write("model/notes", "mine");
  expect(plan(rules).jobs()).toEqual([]);
});

test("--touch keeps what a job has cost, and its share of the time of a batch", async () => {
  const { disk, run, rules } = chain();
  await run(rules);
  const traceOf = (path: string) => readHistory(disk).traces.get(path)!;
  const journal = openJournal(disk);
  const cost = { share: 2, cpu: 7, memory: 4_194_304 };
  journal.append({ t: "done", trace: { ...traceOf("a.mid"), ...cost } });
  journal.close();
  disk.write("a.src", "two");
  touch({ rules, files: disk, folder: "" });
  expect(traceOf("a.mid")).toMatchObject({ ...cost, touched: expect.any(Number) });
});
