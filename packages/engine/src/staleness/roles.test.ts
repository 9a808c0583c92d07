/** The same files in other roles: a job runs again, since its body would do something else with them. */
import { expect, test } from "vitest";
import type { MemoryFiles } from "../disk/memory-files.ts";
import { expand } from "../patterns/expand.ts";
import { touch } from "../rules/marks.ts";
import { type AnyRule, rule } from "../rules/rule.ts";
import { bench } from "../testing/run-in-memory.ts";

type Make = (disk: MemoryFiles, swap: boolean) => AnyRule;
const [a, b] = ["a.txt", "b.txt"];

const cases: [what: string, target: string, make: Make, before: string, after: string][] = [
  [
    "names of inputs",
    "out",
    (disk, swap) =>
      rule({
        input: swap ? { treat: b, ctrl: a } : { treat: a, ctrl: b },
        output: "out",
        run: ({ input, output }) => disk.write(output, `${disk.text(input.treat)}-${disk.text(input.ctrl)}`),
      }),
    "A-B",
    "B-A",
  ],
  [
    "places of inputs",
    "out",
    (disk, swap) =>
      rule({
        input: swap ? [b, a] : [a, b],
        output: "out",
        run: ({ input, output }) => disk.write(output, input.map((path) => disk.text(path!)).join("-")),
      }),
    "A-B",
    "B-A",
  ],
  [
    "lists that inputs are in",
    "out",
    (disk, swap) =>
      rule({
        input: swap ? { left: [a, b], right: [] as string[] } : { left: [a], right: [b] },
        output: "out",
        run: ({ input, output }) => disk.write(output, `${input.left.length}-${input.right.length}`),
      }),
    "1-1",
    "2-0",
  ],
  [
    "the order of a gather",
    "out",
    (disk, swap) =>
      rule({
        input: expand("{x}.txt", { x: swap ? ["b", "a"] : ["a", "b"] }),
        output: "out",
        run: ({ input, output }) => disk.write(output, input.map((path) => disk.text(path)).join("")),
      }),
    "AB",
    "BA",
  ],
  [
    "names of outputs",
    "o1",
    (disk, swap) =>
      rule({
        output: swap ? { x: "o2", y: "o1" } : { x: "o1", y: "o2" },
        run: ({ output }) => {
          disk.write(output.x, "x");
          disk.write(output.y, "y");
        },
      }),
    "x",
    "y",
  ],
  [
    "places of outputs",
    "o1",
    (disk, swap) =>
      rule({
        output: swap ? ["o2", "o1"] : ["o1", "o2"],
        run: ({ output }) => output.forEach((path, i) => void disk.write(path!, String(i))),
      }),
    "0",
    "1",
  ],
  [
    "names of wildcards",
    "A_1",
    (disk, swap) =>
      rule({
        output: (swap ? "{seed}_{site}" : "{site}_{seed}") as "{site}_{seed}",
        run: ({ output, wildcards }) => disk.write(output, wildcards.site),
      }),
    "A",
    "1",
  ],
];

test.each(cases)("another role by the %s makes a job run again", async (_, target, make, before, after) => {
  const { disk, run, plan, ran } = bench({ "a.txt": "A", "b.txt": "B" });
  const options = { targets: [target] };
  await run({ one: make(disk, false) }, options);
  expect(disk.text(target)).toBe(before);
  expect(await run({ one: make(disk, false) }, options)).toMatchObject({ total: 0 });
  ran();
  expect(plan({ one: make(disk, true) }, options).jobs()).toMatchObject([
    { reason: "changed order or names of inputs, outputs or wildcards", onlyIf: false },
  ]);
  await run({ one: make(disk, true) }, options);
  expect(ran()).toHaveLength(1);
  expect(disk.text(target)).toBe(after);
  expect(await run({ one: make(disk, true) }, options)).toMatchObject({ total: 0 });
});

test("roles count as inputs do: not where the run does not look at these", async () => {
  const { disk, run } = bench({ "a.txt": "A", "b.txt": "B" });
  const make = (x: string[]) => ({
    one: rule({
      input: expand("{x}.txt", { x }),
      output: "out",
      run: ({ output }) => disk.write(output, ""),
    }),
  });
  await run(make(["a", "b"]));
  expect(await run(make(["b", "a"]), { triggers: new Set(["mtime", "code"]) })).toMatchObject({ total: 0 });
});

/** Two outputs, of which one is a marker, and a job that reads the marker. */
function marked() {
  const b = bench();
  const make = (swap: boolean) => ({
    all: rule({ input: "out" }),
    out: rule({ input: "made.ok", output: "out", run: ({ output }) => b.disk.write(output, "") }),
    made: rule({
      output: swap ? [touch("made.ok"), "made"] : ["made", touch("made.ok")],
      run: ({ output }) => b.disk.write(output.find((path) => path.endsWith("made"))!, ""),
    }),
  });
  return { ...b, make };
}

test("a record knows its outputs by their paths, where their order changed and that does not count", async () => {
  const { disk, run, make } = marked();
  const options = { triggers: new Set(["mtime", "output"] as const) };
  await run(make(false), options);
  expect(await run(make(true), options)).toMatchObject({ total: 0 });
  disk.write("made", "by hand");
  expect(await run(make(true), options)).toMatchObject({ done: 3 });
});

test("outputs that were made in another order since are made again, whatever an older record says", async () => {
  const { run, ran, make } = marked();
  await run(make(false));
  await run(make(true));
  ran();
  await run(make(false));
  expect(ran()).toEqual(["made", "out", "all"]);
});
