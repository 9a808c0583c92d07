import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Rules, rule } from "../rules/rule.ts";
import { run } from "../run/run.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "braid-astray-"));
  mkdirSync(join(folder, "in"));
  writeFileSync(join(folder, "in/a.bam"), "reads");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function errorOf(rules: Rules): Promise<string> {
  // Commands stand where their process does.
  const { failed } = await run({ rules, folder, slots: 1 });
  return failed[0]?.error ?? "";
}

/** A tool as `samtools index` is one: what it makes stands beside its input. */
const index = "sleep 0.05; touch {input}.bai";

test("a tool that writes beside its input is named, with how to write the rule", async () => {
  const error = await errorOf({ one: rule({ input: "in/a.bam", output: "index/a.bam.bai", shell: index }) });
  expect(error).toMatch(
    /^Cannot keep "index\/a.bam.bai": the job wrote it beside its input, not to the path in its `output`\n/,
  );
  expect(error).toMatch(
    /\n {2}expected {2}.*\.braid\/staging\/.*\/a\.bam\.bai\n {2}written {3}in\/a\.bam\.bai\n/,
  );
  expect(error).toContain("end the command with `&& mv {input}.bai {output}`");
});

test("the hint is a rule that works", async () => {
  const rules = {
    one: rule({ input: "in/a.bam", output: "index/a.bam.bai", shell: `${index} && mv {input}.bai {output}` }),
  };
  expect(await errorOf(rules)).toBe("");
});

test("where the output's own place is beside the input, and where a body writes to the final path", async () => {
  const rules = {
    one: rule({
      input: ["in/a.bam"],
      output: ["in/x", "in/a.bam.bai"],
      shell: `echo > {output[0]}; ${index}`,
    }),
  };
  const error = await errorOf(rules);
  expect(error).toContain("the job wrote it beside its input");
  expect(error).toContain("mv {input}.bai {output[1]}`");
  const body = () => writeFileSync(join(folder, "final"), "x");
  expect(await errorOf({ one: rule({ output: "final", run: body, localRule: true }) })).toMatch(
    /"final": the job wrote it to its final path, not[\s\S]*A body writes to the paths in its `output`/,
  );
});

test("a command that writes to the final path", async () => {
  const final = join(folder, "final");
  expect(await errorOf({ one: rule({ output: "final", shell: `echo > ${final}` }) })).toMatch(
    /"final": the job wrote it to its final path[\s\S]*Write to `\{output\}` in the command, not to final:/,
  );
});

test("a file that stood there before is not taken for the job's", async () => {
  const old = join(folder, "in/a.bam.bai");
  writeFileSync(old, "old");
  utimesSync(old, new Date(), new Date(Date.now() - 5_000));
  const rules = { one: rule({ input: "in/a.bam", output: "index/a.bam.bai", shell: "true" }) };
  expect(await errorOf(rules)).toContain("the body ended without writing it");
});
