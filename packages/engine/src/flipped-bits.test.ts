/** With any one bit of what the engine remembers changed, it says what it said, or runs more: never less. */
import { beforeAll, expect, test } from "vitest";
import type { MemoryFiles } from "./disk/memory-files.ts";
import { dryRun } from "./dry-run.ts";
import { journalPath, openJournal, readHistory } from "./journal/journal.ts";
import { indexPath } from "./journal/journal-index.ts";
import { readLines } from "./journal/lines.ts";
import { rule } from "./rules/rule.ts";
import { answersWithFlippedBits } from "./testing/flip-bits.ts";
import { bench } from "./testing/run-in-memory.ts";

const b = bench({ src: "one" });

const write = ({ output }: { readonly output: string }) => b.disk.write(output, "x");
const rulesWith = (seed: number) => ({
  last: rule({ input: "mid", output: "end", params: { seed }, run: write }),
  first: rule({ input: "src", output: "mid", run: write }),
});

/** The jobs that would run as things are, and where a param of the last rule is another. */
function answer(files: MemoryFiles): { same: string[]; other: string[] } {
  const names = (seed: number) => {
    return dryRun({ rules: rulesWith(seed), files, folder: "" })
      .jobs()
      .map((job) => job.rule);
  };
  return { same: names(1), other: names(2) };
}

const right = { same: [], other: ["last"] };

beforeAll(async () => {
  await b.run(rulesWith(1));
  expect(answer(b.disk)).toEqual(right);
});

/** The answer, which depends on the lines that are read: asked for once for each of the different ones. */
function answerByLines(): typeof answer {
  const known = new Map<string, ReturnType<typeof answer>>();
  return (files) => {
    const lines = JSON.stringify([...readLines(files.read(journalPath))]);
    const given = known.get(lines) ?? answer(files);
    known.set(lines, given);
    return given;
  };
}

function expectNoLess(disk: MemoryFiles): void {
  const answers = answersWithFlippedBits(disk, journalPath, answerByLines());
  expect(answers.length).toBeGreaterThan(1);
  for (const given of answers)
    expect(given).toMatchObject({ answer: { other: expect.arrayContaining(["last"]) } });
}

test("an index is not used", () => {
  const known = (files: MemoryFiles) => {
    const history = readHistory(files);
    const traces = [...history.traces.values()];
    return { traces, indexed: history.indexed };
  };
  const { traces, indexed } = known(b.disk);
  expect(indexed).toBeGreaterThan(0);
  expect(answersWithFlippedBits(b.disk, indexPath, known)).toEqual([
    { answer: { traces, indexed: 0 }, bit: 0 },
  ]);
});

test("what a journal does not say any more is made again", () => {
  const disk = b.disk.copy();
  disk.remove(indexPath);
  expectNoLess(disk);
});

test("the same of a journal that was rewritten", () => {
  const disk = b.disk.copy();
  const journal = openJournal(disk);
  for (let i = 0; i < 1_100; i++) journal.append({ t: "back", jobs: [] });
  journal.close();
  openJournal(disk).close();
  expect(disk.text(journalPath).split("\n").length).toBeLessThan(30);
  disk.remove(indexPath);
  expect(answer(disk)).toEqual(right);
  expectNoLess(disk);
});
