/** Outputs that only say that their job was done: their content is that job's last execution. */
import { cpSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { dryRun } from "../dry-run.ts";
import { expand } from "../patterns/expand.ts";
import { touch } from "../rules/marks.ts";
import { rule } from "../rules/rule.ts";
import { run } from "../run/run.ts";
import { bench, joining } from "../testing/run-in-memory.ts";
import { touch as touchOutputs } from "../touch.ts";

function checked() {
  const b = bench({ source: "1" });
  const check = rule({ input: "source", output: touch("{n}.ok"), run: () => {} });
  const rules = {
    all: rule({ input: expand("{n}.fit", { n: [1, 2] }) }),
    fit: joining(b.disk, "{n}.ok", "{n}.fit", "fit"),
    check,
  };
  return { ...b, rules };
}

test("a marker that somebody touches or writes to makes nothing run", async () => {
  const { disk, run, plan, rules } = checked();
  await run(rules);
  disk.touch("1.ok");
  disk.write("2.ok", "by hand");
  expect(plan(rules).jobs()).toEqual([]);
  expect(await run(rules)).toMatchObject({ total: 0 });
});

test("a job that makes its marker again makes its readers run again, after --touch too", async () => {
  const { disk, run, ran, rules } = checked();
  await run(rules);
  disk.touch("1.ok");
  touchOutputs({ rules, files: disk, folder: "" });
  expect(await run(rules)).toMatchObject({ total: 0 });
  ran();
  await run(rules, { force: { these: ["1.ok"] } });
  expect(ran()).toEqual(["check (n=1)", "fit (n=1)", "all"]);
});

test("a marker whose source was deleted, and which was touched since, makes nothing run", async () => {
  const { disk, run, plan, rules } = checked();
  await run(rules);
  disk.remove("source");
  disk.touch("1.ok");
  expect(plan(rules).jobs()).toEqual([]);
  disk.write("source", "2");
  expect((await run(rules)).outcome).toBe("done");
  expect(plan(rules).jobs()).toEqual([]);
});

test("files that were all touched, or copied without their times, are up to date", async () => {
  const folder = mkdtempSync(join(tmpdir(), "braid-marker-"));
  const copy = `${folder}-copy`;
  onTestFinished(() => {
    for (const each of [folder, copy]) rmSync(each, { recursive: true, force: true });
  });
  writeFileSync(join(folder, "source"), "1");
  const rules = {
    all: rule({ input: expand("{n}.fit", { n: [1, 2] }) }),
    check: rule({ input: "source", output: touch("{n}.ok"), shell: "grep -q . {input}" }),
    fit: rule({ input: "{n}.ok", output: "{n}.fit", shell: "echo 1 > {output}" }),
  };
  const inFolder = (path: string) => ({ rules, folder: path, slots: 1 });
  await run(inFolder(folder));
  const later = new Date(Date.now() + 60_000);
  for (const name of readdirSync(folder, { withFileTypes: true }))
    if (name.isFile()) utimesSync(join(folder, name.name), later, later);
  expect(dryRun(inFolder(folder)).jobs()).toEqual([]);
  expect(touchOutputs(inFolder(folder))).toEqual({ taken: 0, missing: 0 });
  cpSync(folder, copy, { recursive: true });
  expect(dryRun(inFolder(copy)).jobs()).toEqual([]);
  expect(await run(inFolder(copy))).toMatchObject({ total: 0 });
});
