/** `-R`: which jobs it means, in the plan and beside it, as Snakemake 7.21 has it. */
import { expect, test } from "vitest";
import { after, rule } from "../rules/rule.ts";
import { bench, joining, writeJoined } from "../testing/run-in-memory.ts";

/** Parts are known when the list is made; `other` and `free` are in no plan of `all`. */
async function made() {
  const b = bench({ names: "a,b" });
  const part = (output: string) =>
    rule({ output: output as "x{n}", run: (job) => b.disk.write(job.output, "made") });
  const rules = {
    all: rule({
      input: after("list", (list) =>
        b.disk
          .text(list)
          .split(",")
          .map((name) => `part_${name}`),
      ),
      output: "all",
      run: (job) => writeJoined(b.disk, job),
    }),
    list: joining(b.disk, "names", "list"),
    part: part("part_{n}"),
    other: part("other"),
    free: part("free_{n}"),
  };
  await b.run(rules);
  b.ran();
  return {
    ...b,
    rules,
    forced: async (...these: string[]) => {
      await b.run(rules, { force: { these } });
      return b.ran();
    },
  };
}

test("jobs by which an up-to-date plan has grown are meant too, by rule and by file", async () => {
  const { forced } = await made();
  expect(await forced("part")).toEqual(["part (n=a)", "part (n=b)"]);
  expect(await forced("part_b")).toEqual(["part (n=b)"]);
});

test("so are those by which it grows while it runs", async () => {
  const { forced, disk } = await made();
  disk.write("names", "b,c");
  expect(await forced("part")).toEqual(["list", "part (n=b)", "part (n=c)", "all"]);
});

test("a rule without wildcards, or a file, that is not in the plan is made beside it", async () => {
  const { forced, run, rules } = await made();
  expect(await forced("other")).toEqual(["other"]);
  expect(await forced("free_1", "part_a")).toEqual(["free (n=1)", "part (n=a)"]);
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test("a rule with wildcards of which the plan has no job, or what nothing makes, is refused", async () => {
  const { forced } = await made();
  await expect(forced("free")).rejects.toThrow('Cannot run again "free": the plan has no job of this rule');
  await expect(forced("parts")).rejects.toThrow('Did you mean "part"?');
});
