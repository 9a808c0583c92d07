/** Outputs that somebody edits, links to or needs while a run goes on. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { type ProjectFolder, project } from "./project.ts";

const nothing = { code: 0, stdout: expect.stringMatching(/^Nothing to be done/) };

async function standing(at: ProjectFolder, path: string): Promise<void> {
  while (!existsSync(join(at.folder, path))) await setTimeout(20);
}

test("what one job made and somebody edits while another reads it is made again, and read again", async () => {
  const workflow = `
import { rule, workflow } from "braid-engine";
const a = rule({ input: "s", output: "a.txt", shell: "cat {input} > {output}" });
const b = rule({ input: a.output, output: "b.txt", shell: "touch begun; while [ ! -e go ]; do sleep 0.05; done; cat {input} > {output}" });
export default workflow({ rules: { b, a } });
`;
  const at = project({ "workflow.ts": workflow, s: "one\n" });
  const run = at.start();
  await standing(at, "begun");
  at.write("a.txt", "by hand\n");
  at.write("go", "");
  expect((await run.ended).code).toBe(0);
  expect((await at.braid()).stdout).toContain("2 jobs done");
  expect([at.read("a.txt"), at.read("b.txt")]).toEqual(["one\n", "one\n"]);
  expect(await at.braid()).toMatchObject(nothing);
});

test("an output that links to what another job made is replaced without a word; a hard link is no change", async () => {
  const workflow = `
import { rule, workflow } from "braid-engine";
const e = rule({ input: "s", output: "e.txt", shell: "cat {input} > {output}" });
const l = rule({ input: e.output, output: "l.txt", shell: "ln -sr {input} {output}" });
const h = rule({ input: e.output, output: "h.txt", shell: "ln {input} {output}" });
const m = rule({ input: [l.output, h.output], output: "m.txt", shell: "cat {input} > {output}" });
export default workflow({ rules: { m, l, h, e } });
`;
  const at = project({ "workflow.ts": workflow, s: "one\n" });
  expect((await at.braid()).stdout).toContain("4 jobs done");
  expect(await at.braid()).toMatchObject(nothing);
  at.write("s", "two\n");
  const { stdout } = await at.braid();
  expect(stdout).toContain("4 jobs done");
  expect(stdout).not.toContain("Warning");
  expect(at.read("m.txt")).toBe("two\ntwo\n");
  expect(existsSync(join(at.folder, ".braid/replaced"))).toBe(false);
});

test("temporary outputs stay in a run without the lock, and go with one that has it", async () => {
  const workflow = `
import { rule, temp, workflow } from "braid-engine";
const a = rule({ input: "s", output: temp("a.txt"), shell: "cat {input} > {output}" });
const b = rule({ input: a.output, output: "b.txt", shell: "cat {input} > {output}" });
export default workflow({ rules: { b, a } });
`;
  const at = project({ "workflow.ts": workflow, s: "one\n" });
  expect((await at.braid("--nolock")).code).toBe(0);
  expect(existsSync(join(at.folder, "a.txt"))).toBe(true);
  expect(await at.braid()).toMatchObject(nothing);
  expect(existsSync(join(at.folder, "a.txt"))).toBe(false);
});
