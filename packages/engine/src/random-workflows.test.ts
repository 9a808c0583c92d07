/** On random workflows and random edits: the same files as a full rebuild, no job twice, nothing without cause. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { temp } from "./rules/marks.ts";
import { type AnyRule, type Rules, rule } from "./rules/rule.ts";
import { bench, leaves } from "./testing/run-in-memory.ts";

/** Each layer's rules take some files of the layers above; sources are layer zero. */
interface Shape {
  readonly sources: number;
  readonly rules: readonly {
    readonly inputs: readonly number[];
    readonly outputs: number;
    readonly temp: boolean;
    /** Writes only the length of what it read: often the same again. */
    readonly blunt: boolean;
  }[];
}

const shapes: fc.Arbitrary<Shape> = fc.record({
  sources: fc.integer({ min: 1, max: 3 }),
  rules: fc.array(
    fc.record({
      inputs: fc.array(fc.nat(1_000), { minLength: 1, maxLength: 4 }),
      outputs: fc.integer({ min: 1, max: 2 }),
      temp: fc.boolean(),
      blunt: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});

type Edit =
  | { readonly kind: "write"; readonly source: number; readonly text: string }
  | { readonly kind: "touch"; readonly source: number }
  | { readonly kind: "delete"; readonly file: number }
  | { readonly kind: "param"; readonly rule: number; readonly value: number };

const edits: fc.Arbitrary<Edit> = fc.oneof(
  fc.record({
    kind: fc.constant("write" as const),
    source: fc.nat(2),
    text: fc.stringMatching(/^[a-c]{0,3}$/),
  }),
  fc.record({ kind: fc.constant("touch" as const), source: fc.nat(2) }),
  fc.record({ kind: fc.constant("delete" as const), file: fc.nat(30) }),
  fc.record({ kind: fc.constant("param" as const), rule: fc.nat(7), value: fc.nat(2) }),
);

function build(shape: Shape, params: readonly number[], disk: ReturnType<typeof bench>["disk"]) {
  const files = Array.from({ length: shape.sources }, (_, i) => `src${i}`);
  const temporary = new Set<string>();
  const rules: Record<string, AnyRule> = {};
  shape.rules.forEach(({ inputs, outputs, temp: passing, blunt }, r) => {
    const input = [...new Set(inputs.map((i) => files[i % files.length]!))];
    const output = Array.from({ length: outputs }, (_, o) => `out/${r}_${o}`);
    rules[`r${r}`] = rule({
      input,
      output: (passing ? output.map((path) => temp(path)) : output) as ["x"],
      params: { value: params[r] ?? 0, blunt },
      run: (job) => {
        const text = leaves(job.input)
          .map((path) => disk.text(path))
          .join("|");
        leaves(job.output).forEach((path, o) => {
          disk.write(path, `${o}${job.params.value}${job.params.blunt ? text.length : text}`);
        });
      },
    });
    files.push(...output);
    if (passing) for (const path of output) temporary.add(path);
  });
  const kept = files.filter((path) => !temporary.has(path) && path.startsWith("out"));
  const all: Rules = { all: rule({ input: kept as ["x"] }), ...rules };
  return { rules: all, kept, outputs: files.slice(shape.sources) };
}

const sourcesOf = (shape: Shape) =>
  Object.fromEntries(Array.from({ length: shape.sources }, (_, i) => [`src${i}`, `s${i}`]));

test("after any edits, a run gives the files of a full rebuild, runs no job twice, and the next run nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      shapes,
      fc.array(fc.array(edits, { maxLength: 3 }), { maxLength: 4 }),
      async (shape, rounds) => {
        const b = bench(sourcesOf(shape));
        const params: number[] = [];
        for (const round of [[], ...rounds]) {
          for (const edit of round) {
            if (edit.kind === "write") b.disk.write(`src${edit.source % shape.sources}`, edit.text);
            else if (edit.kind === "touch") b.disk.touch(`src${edit.source % shape.sources}`);
            else if (edit.kind === "param") params[edit.rule % shape.rules.length] = edit.value;
            else {
              const { outputs } = build(shape, params, b.disk);
              b.disk.remove(outputs[edit.file % outputs.length]!);
            }
          }
          const { rules, kept } = build(shape, params, b.disk);
          expect(await b.run(rules)).toMatchObject({ outcome: "done", left: 0, blocked: 0 });
          const ran = b.ran();
          expect(ran).toEqual([...new Set(ran)]);

          const sources = Object.keys(sourcesOf(shape)).map((path) => [path, b.disk.text(path)]);
          const fresh = bench(Object.fromEntries(sources));
          await fresh.run(build(shape, params, fresh.disk).rules);
          for (const path of kept) expect([path, b.disk.text(path)]).toEqual([path, fresh.disk.text(path)]);

          await b.run(rules);
          expect(b.ran().filter((job) => job !== "all")).toEqual([]);
        }
      },
    ),
    { numRuns: 150 },
  );
});

/** Folders that are mounts, by the number of their disk; one of number 0 only looks like the disk around it. */
const disks: fc.Arbitrary<Record<string, number>> = fc.constantFrom(
  {},
  { out: 1 },
  { out: 0 },
  { ".braid": 1 },
  { out: 1, ".braid": 2 },
);

test("cut off anywhere, the next runs end with the files of an undisturbed one", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, fc.nat(40), fc.nat(2_000), disks, async (shape, writes, keep, mounts) => {
      const b = bench(sourcesOf(shape));
      for (const [folder, device] of Object.entries(mounts)) {
        b.disk.makeFolder(folder);
        b.disk.mounts.set(folder, device);
      }
      const { write } = b.disk;
      let left = writes;
      b.disk.write = (path, content) => {
        // From here on nothing reaches the disk, as when the process is killed.
        if (left-- <= 0) throw new Error("cut off");
        write(path, content);
      };
      const { rename, remove, duplicate } = b.disk;
      b.disk.rename = (from, to) => (left <= 0 ? undefined : rename(from, to));
      b.disk.duplicate = (from, to) => (left <= 0 ? undefined : duplicate(from, to));
      b.disk.remove = (path) => (left <= 0 ? undefined : remove(path));
      await b.run(build(shape, [], b.disk).rules).catch(() => {});
      Object.assign(b.disk, { write, rename, remove, duplicate });
      // And the last line of the journal may be torn.
      const journal = b.disk.stat(".braid/journal") === null ? "" : b.disk.text(".braid/journal");
      const end = Math.max(journal.indexOf("\n") + 1, journal.length - (keep % 40));
      if (journal !== "") b.disk.write(".braid/journal", journal.slice(0, end));

      const { rules, kept } = build(shape, [], b.disk);
      expect(await b.run(rules)).toMatchObject({ outcome: "done", left: 0 });
      const fresh = bench(sourcesOf(shape));
      await fresh.run(build(shape, [], fresh.disk).rules);
      for (const path of kept) expect(b.disk.text(path)).toBe(fresh.disk.text(path));
      expect(await b.run(rules)).toMatchObject({ outcome: "done" });
      b.ran();
      await b.run(rules);
      expect(b.ran().filter((job) => job !== "all")).toEqual([]);
    }),
    { numRuns: 150 },
  );
});
