/** `why PATH` on files that are up to date, and on files that are out of date for each reason. */
import { appendFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { copyOf, type ProjectFolder, project } from "./project.ts";
import { letters } from "./workflows.ts";

const when = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d, in \d.*/g;
const logs = /\.braid\/logs\/\S+/g;

let first: ProjectFolder;
let made: ProjectFolder;
beforeAll(async () => {
  first = project({ "workflow.ts": letters, "a.txt": "one", "b.txt": "two" });
  expect((await first.braid("-j", "1")).code).toBe(0);
});
beforeEach(() => {
  made = copyOf(first);
});

/** The explanation with the parts that differ from run to run left out. */
async function why(...args: string[]): Promise<string> {
  const { stdout, stderr } = await made.braid("why", ...args);
  expect(stderr).toBe("");
  return stdout
    .replace(when, "WHEN")
    .replace(logs, "LOG")
    .replace(/\(on .*\)/g, "(HOST)");
}

test("an up-to-date file tells how it was made", async () => {
  expect(await why("out/a.up")).toBe(`out/a.up: up to date
  made by  shout (name=a)
  when     WHEN
  run      braid -j 1 (HOST)
`);
});

test("the command that made a file is told so that it can be pasted", async () => {
  await made.braid("-j", "1", "--mark", "it's a mark");
  expect(await why("out/a.up", "--mark", "it's a mark")).toContain(
    "  run      braid -j 1 --mark 'it'\\''s a mark' (HOST)\n",
  );
});

test("a changed param is shown with its old and its new value", async () => {
  expect(await why("out/a.up", "--mark", "?")).toBe(`out/a.up: out of date
  reason   changed params
  params   mark: "!" -> "?"
  made by  shout (name=a)
  when     WHEN
  run      braid -j 1 (HOST)
`);
});

test("changed code is shown by its lines", async () => {
  made.write("workflow.ts", letters.replace("toUpperCase()", "toUpperCase().trim()"));
  expect(await why("out/a.up")).toContain(`out/a.up: out of date
  reason   changed code
  code     - const text = readFileSync ( input , "utf8" ) . toUpperCase ( ) ;
           + const text = readFileSync ( input , "utf8" ) . toUpperCase ( ) . trim ( ) ;
  made by  shout (name=a)`);
});

test("a comment in the code changes nothing", async () => {
  made.write("workflow.ts", letters.replace("const text", "// all of it\n        const text"));
  expect(await why("out/a.up")).toContain("out/a.up: up to date");
});

test("a changed input is named", async () => {
  appendFileSync(join(made.folder, "a.txt"), "more");
  expect(await why("out/a.up")).toContain(`out/a.up: out of date
  reason   changed input a.txt
  inputs   changed: a.txt
`);
});

test("inputs that are new, and those that are gone, are named", async () => {
  made.write("c.txt", "three");
  await made.braid("out/c.up");
  expect(await why("out/all.txt", "--names", "a", "c")).toContain(`out/all.txt: out of date
  reason   changed input set
  inputs   gone: out/b.up
  inputs   new: out/c.up
`);
});

test("a missing file says how it was made the last time", async () => {
  rmSync(join(made.folder, "out/a.up"));
  expect(await why("out/a.up")).toBe(`out/a.up: missing
  reason   missing output out/a.up
  made by  shout (name=a)
  when     WHEN
  run      braid -j 1 (HOST)
`);
});

test("what must be made first is explained in turn", async () => {
  expect(await why("out/all.txt", "--mark", "?")).toMatch(
    /^out\/all\.txt: out of date if its inputs change\n {2}reason {3}out\/a\.up will be made first\n[\s\S]*because of\nout\/a\.up: out of date\n {2}reason {3}changed params/,
  );
});

test("everything that differs is told, not only the first", async () => {
  appendFileSync(join(made.folder, "a.txt"), "more");
  made.write("workflow.ts", letters.replace("toUpperCase()", "toUpperCase().trim()"));
  const text = await why("out/a.up", "--mark", "?");
  for (const part of ['mark: "!" -> "?"', "+ const text", "changed: a.txt"]) expect(text).toContain(part);
});

test("a file without a record is judged by its time", async () => {
  rmSync(join(made.folder, ".braid"), { recursive: true });
  expect(await why("out/a.up")).toBe(`out/a.up: up to date
  made by  shout (name=a), but there is no record of it: compared by time
`);
});

test("a file taken by --touch says so", async () => {
  await made.braid("--touch", "--mark", "?");
  const text = await why("out/a.up", "--mark", "?");
  expect(text).toContain("out/a.up: up to date");
  expect(text).toMatch(/taken {4}as up to date on .* \(--touch\)/);
});

describe("which file is meant", () => {
  test("may be said with ./, as an absolute path or by the rule's name", async () => {
    for (const word of ["./out/all.txt", join(made.folder, "out/all.txt"), "gather"])
      expect(await why(word)).toContain("out/all.txt: up to date\n  made by  gather");
  });

  test("a source is told to be one", async () => {
    expect(await why("a.txt")).toBe("a.txt: a source\n  no rule makes it; the engine uses it as it is\n");
  });

  test("nothing, a rule with wildcards and an unknown path are refused", async () => {
    expect((await made.braid("why")).stderr).toBe(
      "Cannot say why: no path is given\n  As in: braid why out/table.csv\n",
    );
    expect((await made.braid("why", "shout")).stderr).toContain(
      'it is a rule, and only files are up to date or not\n  Ask for a path of the form "out/{name}.up".',
    );
    const unknown = await made.braid("why", "out/none.xy");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toContain(
      'Cannot say why "out/none.xy": no rule makes it and the file does not exist',
    );
  });
});

test("as JSON it holds the same for a program", async () => {
  const { stdout } = await made.braid("why", "out/a.up", "--mark", "?", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    path: "out/a.up",
    state: "out of date",
    job: "shout (name=a)",
    reason: "changed params",
    params: [{ name: "mark", before: '"!"', after: '"?"' }],
    made: { attempt: 1, run: { command: "braid -j 1" } },
  });
});

test("a file that a folder of a job lacks is missing, not up to date", async () => {
  const at = project({
    "workflow.ts": `
import { mkdirSync, writeFileSync } from "node:fs";
import { directory, rule, workflow } from "braid-engine";
const parts = rule({
  output: directory("parts"),
  run({ output }) {
    mkdirSync(output);
    writeFileSync(output + "/a", "");
  },
});
export default workflow({ rules: { parts } });
`,
  });
  await at.braid();
  expect((await at.braid("why", "parts/b")).stdout).toMatch(
    /^parts\/b: missing\n {2}reason {3}missing output parts\/b\n/,
  );
  expect((await at.braid("why", "parts/a")).stdout).toMatch(/^parts: up to date\n/);
});
