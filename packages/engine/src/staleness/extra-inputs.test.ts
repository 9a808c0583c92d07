import { expect, test } from "vitest";
import { prepareAnew } from "../dry-run.ts";
import { expand } from "../patterns/expand.ts";
import { directory } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { bench, joining } from "../testing/run-in-memory.ts";

test("files in output folders that many jobs gather are looked at a few times, not once for each job", async () => {
  const { disk, run } = bench();
  const numbers = Array.from({ length: 40 }, (_, i) => i);
  const make = rule({
    output: directory("made/{n}"),
    run: ({ output }) => {
      disk.makeFolder(output);
      disk.write(`${output}/x`, "x");
    },
  });
  const read = joining(disk, expand("made/{n}/x", { n: numbers }), "out/{k}");
  const all = rule({ input: expand("out/{k}", { k: numbers }) });
  const rules = { all, make, read };
  expect(await run(rules)).toMatchObject({ outcome: "done" });
  const looks = new Map<string, number>();
  const { stat } = disk;
  disk.stat = (path) => {
    looks.set(path, (looks.get(path) ?? 0) + 1);
    return stat(path);
  };
  // In the second, each reader waits for one of the makers.
  for (const force of [{}, { these: ["made/7"] }]) {
    looks.clear();
    const { states } = prepareAnew({ rules, files: disk, folder: "", force });
    expect(states.total(["stale"])).toBe(force.these === undefined ? 0 : 1);
    expect(looks.get("made/3/x")).toBeLessThan(10);
  }
});
