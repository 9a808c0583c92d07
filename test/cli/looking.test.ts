/** What the command line says without running anything. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { copyOf, type ProjectFolder, project } from "./project.ts";
import { letters } from "./workflows.ts";

const files = { "workflow.ts": letters, "a.txt": "one", "b.txt": "two" };

describe("before anything is made", () => {
  test("a dry run lists each job with its reason, then the table", async () => {
    const { stdout, code } = await project(files).braid("-n");
    expect(code).toBe(0);
    expect(stdout).toBe(`shout (name=a)
    reason: missing output out/a.up
shout (name=b)
    reason: missing output out/b.up
gather
    reason: missing output out/all.txt
all
    reason: out/all.txt will be made first

job     count
------  -----
all         1
gather      1
shout       2
total       4

This was a dry run: nothing was done.
`);
  });

  test("a quiet dry run is the table alone", async () => {
    const { stdout } = await project(files).braid("-n", "--quiet");
    expect(stdout).toMatch(/^job +count\n/);
    expect(stdout).not.toContain("reason");
  });

  test("a dry run as JSON has a line per job", async () => {
    const { stdout } = await project(files).braid("-n", "--json");
    const lines = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines[0]).toEqual({
      kind: "job",
      rule: "shout",
      wildcards: { name: "a" },
      outputs: ["out/a.up"],
      reason: "missing output out/a.up",
    });
    expect(lines.at(-1)).toEqual({ kind: "total", jobs: 4, onlyIf: 0 });
  });

  test("a dry run in a folder that does not exist leaves none behind", async () => {
    const { folder, braid } = project({ ...files, "workflow.ts": letters.replace('"{name}.txt"', "[]") });
    const { stdout, code } = await braid("-n", "--quiet", "-d", "new/deep");
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/total +4\n/) });
    expect(existsSync(join(folder, "new"))).toBe(false);
    expect((await braid("--summary", "-d", "new/deep")).stderr).toMatch(
      /Cannot work in "\/.*\/new\/deep": the folder does not exist\n {2}A run makes it\./,
    );
  });

  test("a dry run makes no file", async () => {
    const { folder, braid } = project(files);
    await braid("-n");
    expect(existsSync(join(folder, ".braid"))).toBe(false);
    expect(existsSync(join(folder, "out"))).toBe(false);
  });

  test("--until and --omit-from plan a part", async () => {
    const { braid } = project(files);
    const until = await braid("-n", "-q", "--until", "shout");
    expect(until.stdout).toMatch(/shout +2\ntotal +2\n/);
    const without = await braid("-n", "-q", "--omit-from", "gather");
    expect(without.stdout).toMatch(/shout +2\ntotal +2\n/);
    const wrong = await braid("-n", "--until", "shot");
    expect(wrong).toMatchObject({ code: 2, stdout: "" });
    expect(wrong.stderr).toContain('Cannot stop after "shot": the plan has no job of this rule');
  });

  test("status says that nothing has run, why says what would make a file", async () => {
    const { folder, braid } = project(files);
    expect((await braid("status")).stdout).toBe(
      `Nothing has run in ${folder} yet. Use -d for another working folder.\n`,
    );
    expect((await braid("why", "out/a.up")).stdout).toBe(`out/a.up: missing
  reason   missing output out/a.up
  made by  would be shout (name=a)
`);
  });
});

describe("the graph", () => {
  test("of rules comes as dot and as mermaid", async () => {
    const { braid } = project(files);
    const dot = (await braid("--rulegraph")).stdout;
    expect(dot).toMatch(/^digraph workflow \{/);
    expect(dot).toContain('label="shout"');
    expect(dot).toContain("0 -> 1;");
    const mermaid = (await braid("--rulegraph", "mermaid")).stdout;
    expect(mermaid).toContain('n0["shout"]\n  n1["gather"]\n  n2["all"]\n  n0 --> n1\n  n1 --> n2');
  });

  test("of jobs comes as svg, with the wildcards", async () => {
    const { stdout } = await project(files).braid("--dag", "svg");
    expect(stdout).toMatch(/^<\?xml/);
    expect(stdout).toContain("name=a");
    expect(stdout.match(/class="node"/g)).toHaveLength(4);
    expect(stdout.match(/class="edge"/g)).toHaveLength(3);
  });

  test("in another format is refused", async () => {
    const { code, stderr } = await project(files).braid("--dag", "png");
    expect(code).toBe(2);
    expect(stderr).toContain('Cannot read option "--dag": "png" is none of dot, mermaid, svg');
  });
});

describe("after a run", () => {
  let made: ProjectFolder;
  beforeAll(async () => {
    made = project(files);
    const { code, stderr } = await made.braid();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  test("--summary has a row per output", async () => {
    const { stdout } = await made.braid("--summary");
    const [header, ...rows] = stdout
      .trimEnd()
      .split("\n")
      .map((line) => line.split("\t"));
    expect(header).toEqual([
      "output_file",
      "date",
      "rule",
      "log-file(s)",
      "status",
      "plan",
      "s",
      "cpu_time",
      "max_rss",
    ]);
    expect(rows.map(([file, , rule, , status, plan]) => [file, rule, status, plan])).toEqual([
      ["out/a.up", "shout", "ok", "no update"],
      ["out/b.up", "shout", "ok", "no update"],
      ["out/all.txt", "gather", "ok", "no update"],
    ]);
    for (const row of rows) expect(row.slice(6).join(" ")).toMatch(/^\d+\.\d{3} \d+\.\d{3} -$/);
    expect(rows[0]![1]).toMatch(/^\d{4}-\d\d-\d\dT/);
    // Its body has printed nothing.
    expect(rows[0]![3]).toBe("-");
  });

  test("--summary shows what a changed param makes out of date", async () => {
    const { stdout } = await made.braid("--summary", "--mark", "?");
    expect(stdout).toMatch(/out\/a\.up\t.*\tchanged params\tupdate pending/);
  });

  test("--list-changes tells the outputs of other params, and none of other code", async () => {
    expect((await made.braid("--list-changes", "params", "--mark", "?")).stdout).toBe("out/a.up\nout/b.up\n");
    expect((await made.braid("--list-changes", "code", "--mark", "?")).stdout).toBe(
      "No output was made from other code.\n",
    );
  });

  test("--list-changes tells each difference, not only the first", async () => {
    const { braid, write } = copyOf(made);
    write("workflow.ts", letters.replace("toUpperCase()", "toUpperCase().trim()"));
    write("a.txt", "other");
    expect((await braid("--list-changes", "code", "--mark", "?")).stdout).toBe("out/a.up\nout/b.up\n");
    expect((await braid("--list-changes", "input", "--mark", "?")).stdout).toBe("out/a.up\n");
  });

  test("--rerun-triggers leaves a changed param out", async () => {
    const { stdout } = await made.braid("-n", "--mark", "?", "--rerun-triggers", "mtime", "code");
    expect(stdout).toBe("Nothing to be done: everything asked for is up to date.\n");
  });

  test("--list-untracked tells files that the plan does not know, and who made them", async () => {
    const { stdout } = await made.braid("--list-untracked", "--names", "a");
    expect(stdout).toBe("b.txt\nout/b.up\tmade by shout\nworkflow.ts\n");
  });

  test("--dag dashes what is up to date", async () => {
    expect((await made.braid("--dag", "mermaid")).stdout).toContain('n0["shout<br>name=a"]:::upToDate');
  });

  test("status tells how the last run ended, and its jobs by rule", async () => {
    const { stdout } = await made.braid("status");
    expect(stdout).toMatch(/^Done in .* s \(began \d{4}-/);
    expect(stdout).toContain("command  braid");
    expect(stdout).toMatch(/^all .* 1\/1$/m);
    expect(stdout).toMatch(/^shout .* 2\/2 /m);
    const json = JSON.parse((await made.braid("status", "--json")).stdout);
    expect(json).toMatchObject({ state: "done", failures: [] });
    expect(json.rules).toContainEqual(
      expect.objectContaining({ rule: "shout", total: 2, done: 2, failed: 0 }),
    );
  });
});

test("a constraint sees the value of its wildcard, not the path", async () => {
  const { braid, read } = project({
    "workflow.ts": `import { rule, workflow } from "braid-engine";
const shell = "echo {wildcards.x} > {output}";
const a = rule({ output: "a/{x}.txt", constraints: { x: "(?!branches$).*" }, shell });
const b = rule({ output: "b/{x,^[0-9]+$}.txt", shell });
export default workflow({ rules: { a, b } });
`,
  });
  const refused = await braid("a/branches.txt");
  expect(refused.stderr).toMatch(/^Cannot make "a\/branches.txt"/);
  expect((await braid("b/12.txt")).code).toBe(0);
  expect(read("b/12.txt")).toBe("12\n");
});

test("outputs that differ only in case are warned of, and made all the same", async () => {
  const { braid } = project({
    "workflow.ts": `import { rule, workflow } from "braid-engine";
const shell = "echo > {output}";
const a = rule({ output: "File.txt", shell });
const b = rule({ output: "file.txt", shell });
export default workflow({ rules: { all: rule({ input: [a.output, b.output] }), a, b } });
`,
  });
  const warning =
    'Warning: The outputs "File.txt" of a and "file.txt" of b differ only in upper and lower case';
  expect((await braid("-n")).stderr).toContain(warning);
  const { stderr, code } = await braid();
  expect(stderr.split(warning)).toHaveLength(2);
  expect(code).toBe(0);
  expect((await braid("status")).stderr).toBe("");
});

test("a dry run with -k lists what cannot be made, does not call it up to date, and ends as the run does", async () => {
  const { braid } = project({
    "workflow.ts": `import { rule, workflow } from "braid-engine";
const a = rule({ input: "a.in", output: "a.txt", shell: "cp {input} {output}" });
const b = rule({ input: "b.in", output: "b.txt", shell: "cp {input} {output}" });
export default workflow({ rules: { all: rule({ input: [a.output, b.output] }), a, b } });
`,
  });
  const ahead = await braid("-n", "-k");
  expect(ahead).toMatchObject({ code: 1, stdout: "No job can run.\n" });
  for (const source of ["a.in", "b.in"]) expect(ahead.stderr).toContain(`Cannot make "${source}"`);
  const run = await braid("-k");
  expect(run.code).toBe(1);
  expect(run.stdout).toContain("Failed: a\n");
  expect(run.stdout).not.toMatch(/^ +log/m);
});

test("several edited outputs are told as several", async () => {
  const { braid, write } = project({
    "workflow.ts": `import { rule, workflow } from "braid-engine";
const a = rule({ output: ["a.txt", "b.txt"], shell: "touch {output}" });
export default workflow({ rules: { a } });
`,
  });
  await braid("--quiet");
  write("a.txt", "mine");
  write("b.txt", "mine");
  expect((await braid("-n")).stdout).toContain("a.txt and 1 more output changed since they were made");
  expect((await braid("--quiet")).stdout).toMatch(
    /a\.txt and 1 more output did not match their records.* kept, the first as \.braid\/replaced\/\S+\/a\.txt\.\n/,
  );
});
