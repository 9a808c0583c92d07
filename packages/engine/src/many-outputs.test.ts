/** Jobs with thousands of outputs: what they cost grows with the number of outputs, and not with its square. */
import { expect, test } from "vitest";
import { type Rules, rule } from "./rules/rule.ts";
import { bench } from "./testing/run-in-memory.ts";

function manyOutputs(count: number) {
  const b = bench({ src: "1" });
  const names = Array.from({ length: count }, (_, i) => `out/f${i}`);
  const rules: Rules = {
    end: rule({ input: names as ["x"], output: "end", run: ({ output }) => b.disk.write(output, "end") }),
    many: rule({
      input: "src",
      output: names as ["x"],
      run({ output }) {
        for (const path of output) b.disk.write(path, "made");
      },
    }),
  };
  return { ...b, rules };
}

/** The processor time of a first run, of one that finds nothing to do, and of planning after an edit, in ms. */
async function cost(count: number): Promise<number> {
  const { run, rules, plan, disk } = manyOutputs(count);
  const before = process.cpuUsage();
  expect(await run(rules)).toMatchObject({ done: 2 });
  expect(await run(rules)).toMatchObject({ total: 0 });
  disk.write("src", "other");
  expect(plan(rules).jobs()).toHaveLength(2);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

test("a job with four times as many outputs costs about four times as much", async () => {
  await cost(1_000);
  let least = Infinity;
  for (let attempt = 0; attempt < 4 && least > 8; attempt++)
    least = Math.min(least, (await cost(8_000)) / (await cost(2_000)));
  // Where each output asks for all others it is 16.
  expect(least).toBeLessThan(8);
}, 120_000);
