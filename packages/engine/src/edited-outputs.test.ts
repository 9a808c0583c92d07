/** Outputs that somebody has changed since they were made: noticed, made again, and never lost; on files in memory. */
import { expect, test } from "vitest";
import type { MemoryFiles } from "./disk/memory-files.ts";
import { openJournal, readHistory } from "./journal/journal.ts";
import { dryRunText } from "./report/dry-run.ts";
import { directory, touch as touched } from "./rules/marks.ts";
import { rule } from "./rules/rule.ts";
import { forecast } from "./staleness/forecast.ts";
import { killedFiles } from "./testing/model/disk.ts";
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
    expect.stringMatching(/^a\.mid did not match its record.* kept as \.braid\/replaced\/\S+\/a\.mid\.$/),
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

test("a file that existed before its job first ran is kept and named, in the dry run too", async () => {
  const { run, rules, disk, prepared, events } = chain();
  disk.write("a.mid", "my own");
  disk.touch("a.src");
  expect(forecast(prepared(rules)).unrecorded).toEqual(["a.mid"]);
  expect(dryRunText(prepared(rules), { quiet: false, printCommands: false })).toContain(
    "a.mid exists without a record that a job made it: a run makes it again, and keeps the old file in .braid/replaced. --touch accepts it as it is.",
  );
  await run(rules);
  expect(disk.text("a.mid")).toBe("one");
  const [replaced = ""] = disk.paths().filter((path) => path.startsWith(".braid/replaced/"));
  expect(disk.text(replaced)).toBe("my own");
  const warnings = events.flatMap((event) => (event.kind === "warning" ? [event.text] : []));
  expect(warnings).toEqual([
    `a.mid existed without a record and was made again; the old file is kept as ${replaced}.`,
  ]);
});

test("so is one in the place of a folder, one of a job with other outputs that are recorded, and each of several", async () => {
  const b = model();
  b.disk.write("model", "mine");
  b.disk.write("score", "mine");
  await b.run(b.rules);
  expect(kept(b.disk)).toEqual(["model", "score"]);
  b.disk.write("plot", "mine");
  await b.run({
    model: rule({
      output: [directory("model"), "score", "plot"],
      run({ output: [folder, score, plot] }) {
        b.disk.makeFolder(folder);
        for (const path of [`${folder}/weights`, `${folder}/shape`, score, plot]) b.disk.write(path, "made");
      },
    }),
  });
  expect(kept(b.disk)).toEqual(["model", "plot", "score"]);
});

test("--touch accepts it, and a marker holds nothing", async () => {
  const { run, rules, disk, ran } = chain();
  disk.write("a.mid", "my own");
  disk.touch("a.src");
  disk.write("a.end", "my own too");
  touch({ rules, files: disk, folder: "" });
  expect((await run(rules)).done).toBe(0);
  expect(ran()).toEqual([]);
  const b = bench({ src: "1" });
  b.disk.write("mark", "");
  b.disk.touch("src");
  expect(await b.run({ one: rule({ input: "src", output: touched("mark"), run() {} }) })).toMatchObject({
    done: 1,
  });
  expect(kept(b.disk)).toEqual([]);
});

test("what a run had made when it was killed is no file of somebody", async () => {
  let killed = 0;
  for (let at = 0; at < 60; at++) {
    const { run, rules, disk } = chain();
    disk.now = Date.now() + 1_000;
    const files = killedFiles(disk, { at, torn: 500 });
    try {
      await run(rules, { files });
    } catch {
      killed++;
    }
    await run(rules);
    expect(kept(disk)).toEqual([]);
    expect(disk.text("a.end")).toBe("one");
  }
  expect(killed).toBeGreaterThan(10);
});
