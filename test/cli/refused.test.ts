/** What the disk refuses to the command: one sentence, no stack, no endless wait. */
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { braidCommand, project } from "./project.ts";

const one = `import { rule, workflow } from "braid-engine";
export default workflow({ rules: { one: rule({ output: "one", shell: "echo 1 > {output}" }) } });
`;

/** Runs a line of bash in which $braid is the command. */
function bash(folder: string, line: string) {
  const env = { ...process.env, NO_COLOR: "1", braid: `${process.execPath} ${braidCommand}` };
  const { status, stderr } = spawnSync("bash", ["-c", line], {
    cwd: folder,
    env,
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stderr };
}

test("a working folder that is a file", () => {
  const { folder } = project({ "workflow.ts": one, file: "" });
  for (const dry of ["", "-n"])
    expect(bash(folder, `$braid -d file ${dry}`)).toEqual({
      status: 2,
      stderr: `Cannot work in "${folder}/file": there is a file where a folder is expected\n`,
    });
});

test("a current folder that was removed", () => {
  const { folder } = project({ "workflow.ts": one });
  const { status, stderr } = bash(folder, "mkdir gone; cd gone; rmdir ../gone; $braid -n");
  expect(status).toBe(2);
  expect(stderr).toContain("Cannot start: the current folder was removed\n");
  expect(stderr).not.toContain("    at ");
});

test("a folder .braid that a body in a worker thread removes", () => {
  const removing = `import { rmSync } from "node:fs";
import { rule, workflow } from "braid-engine";
const one = rule({ output: "one", run: () => rmSync(".braid", { recursive: true }) });
export default workflow({ rules: { one } });
`;
  const { folder } = project({ "workflow.ts": removing });
  const { status, stderr } = bash(folder, "$braid");
  expect(stderr).toMatch(/^Cannot go on: the folder \.braid, or a part of it, was removed during the run\n/);
  expect(status).toBe(2);
});

test("a job that cannot say what else it needs fails in both with -k, once it could be asked", async () => {
  const workflow = `
import { writeFileSync } from "node:fs";
import { after, rule, workflow } from "braid-engine";
const list = rule({ output: "list", run: ({ output }) => writeFileSync(output, "") });
const all = rule({
  input: after(list.output, () => ["nowhere"]),
  output: "all.txt",
  run: ({ output }) => writeFileSync(output, ""),
});
export default workflow({ rules: { all, list } });
`;
  const { braid } = project({ "workflow.ts": workflow });
  expect(await braid("-n", "-k")).toMatchObject({ code: 0 });
  expect(await braid("-k")).toMatchObject({ code: 1 });
  const ahead = await braid("-n", "-k");
  expect(ahead).toMatchObject({ code: 1, stderr: expect.stringMatching(/^all: .*nowhere/) });
  expect(await braid("-k")).toMatchObject({ code: 1 });
});

test("a function of the workflow that throws is shown with its line, and with the engine's frames only if asked", async () => {
  const workflow = `
import { expand, rule, workflow } from "braid-engine";
const one = rule({ input: () => { throw new Error("no donor"); }, output: "one/{n}", shell: "cp {input} {output}" });
export default workflow({ rules: { all: rule({ input: expand(one.output, { n: [1] }) }), one } });
`;
  const { braid } = project({ "workflow.ts": workflow });
  const { code, stderr } = await braid();
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^Cannot plan "one \(n=1\)": its input function failed\n {2}error {2}Error: no donor\n +at \S+ \(\S+workflow\.ts:3:\d+\)\n$/,
  );
  expect((await braid("--verbose")).stderr).toContain("planner.ts");
});
