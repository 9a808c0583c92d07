import fc from "fast-check";
import { expect, test } from "vitest";
import { inventory } from "../disk/inventory.ts";
import { type MemoryFiles, memoryFiles } from "../disk/memory-files.ts";
import { Planner } from "../plan/planner.ts";
import { directory, temp } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { ruleset } from "../rules/ruleset.ts";
import { place, ruleShapes, sources, workflow } from "../testing/changing-workflow.ts";
import { answersWithFlippedBits } from "../testing/flip-bits.ts";
import { expectSame, table } from "../testing/prepared-data.ts";
import { bench, joining, writeJoined } from "../testing/run-in-memory.ts";
import { type SavedFileState, saved } from "./saved-file-states.ts";
import { readSavedPlan, savedPlanPath, writeSavedPlan } from "./saved-plan.ts";

test("with any one bit of it changed a saved plan is not used, and is no error", async () => {
  const b = bench({ src: "0" });
  const rules = {
    end: rule({ input: "mid", output: "end", run: (job) => writeJoined(b.disk, job) }),
    mid: joining(b.disk, "src", temp("mid")),
  };
  await b.run(rules);
  expect(expectSame({ rules, files: b.disk, folder: "" }).used).toBe(true);
  const [header] = b.disk.text(savedPlanPath).split("\n");
  const { about } = JSON.parse(header!.slice(header!.indexOf("{"))) as { about: { key: string } };
  const named = ruleset(rules);
  const isUsed = (files: MemoryFiles) => readSavedPlan(files, about.key, named) !== null;
  expect(isUsed(b.disk)).toBe(true);
  expect(answersWithFlippedBits(b.disk, savedPlanPath, isUsed)).toEqual([{ answer: false, bit: 0 }]);
});

/** Any state of a file that is saved. */
const fileStates = fc.oneof(
  fc.record({ kind: fc.constantFrom(saved.unknown, saved.absent), content: fc.constantFrom("", "id") }),
  fc
    .tuple(
      fc.constantFrom(saved.file, saved.source, saved.folder),
      fc.nat(),
      fc.double({ min: 1, noNaN: true }),
    )
    .map(([kind, size, mtime]): SavedFileState => {
      const fingerprint = {
        size,
        mtime,
        hash: "",
        ...(size % 2 === 0 ? {} : { ctime: mtime + 1, inode: size + 1 }),
      };
      const content = `${size}@${mtime}`;
      if (kind === saved.file) return { kind, content, fingerprint };
      const parts = Array.from({ length: size % 4 }, (_, i) => ({
        ...fingerprint,
        size: i,
        name: `part ${i}`,
      }));
      return { kind, content, fingerprint: { ...fingerprint, parts } };
    }),
);

test("the plan that is read is the plan that was written, column by column", () => {
  let jobs = 0;
  fc.assert(
    fc.property(
      fc.array(ruleShapes, { minLength: 1, maxLength: 8 }),
      fc.infiniteStream(fileStates),
      fc.infiniteStream(fc.boolean()),
      (shapes, ofFiles, bits) => {
        const disk = memoryFiles();
        const made = workflow(disk, shapes, { params: [], gathered: [] }, null);
        for (const path of sources) place(disk, path, path);
        disk.makeFolder(".braid");
        const rules = ruleset(made.rules);
        const order = [rules.map((rule) => rule.name)];
        const planner = new Planner({ rules, disk: inventory(disk), order });
        planner.add(["all"]);
        const { plan } = planner;
        jobs += plan.jobCount;
        const take = <T>(stream: Iterator<T>, length: number) =>
          Array.from({ length }, () => stream.next().value as T);
        const fileStates = take(ofFiles, plan.fileCount);
        const verified = take(bits, plan.jobCount);
        const watched = new Map(made.paths.map((path) => [`beside ${path}`, false]));
        writeSavedPlan(disk, {
          plan,
          hasLoose: planner.hasLoose,
          key: "k",
          watched,
          stateOf: (file) => fileStates[file]!,
          isVerified: (job) => verified[job]!,
        });
        const read = readSavedPlan(disk, "k", rules)!;
        expect(table(read.plan)).toEqual(table(plan));
        expect(Array.from(read.verified, Boolean)).toEqual(verified);
        expect(read.watched).toEqual(watched);
        expect(fileStates.map((_, file) => read.fileStates.state(file))).toEqual(fileStates);
        for (let file = 0; file < plan.fileCount; file++) expect(read.plan.find(plan.path(file))).toBe(file);
        expect(readSavedPlan(disk, "other", rules)).toBeNull();
      },
    ),
  );
  expect(jobs).toBeGreaterThan(100);
});

test("of a folder without a record everything counts, with a saved plan too", async () => {
  const b = bench({ src: "a" });
  const folder = rule({
    input: "src",
    output: directory("parts"),
    run: ({ input, output }) => {
      b.disk.makeFolder(output);
      b.disk.write(`${output}/${b.disk.text(input)}`, "");
    },
  });
  const list = rule({
    input: "parts",
    output: "list",
    run: ({ input, output }) => b.disk.write(output, (b.disk.list(input) ?? []).join()),
  });
  const rules = { list, folder };
  await b.run(rules);
  b.disk.remove(".braid");
  await b.run(rules, { force: { targets: true } });
  b.disk.write("parts/new", "");
  const { told } = expectSame({ rules, files: b.disk, folder: "" });
  expect(told).toMatchObject({ jobs: ["folder: fresh", "list: stale, changed input parts"] });
});
