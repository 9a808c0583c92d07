/** `--report`: the page about a workflow and its runs. */
import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { project } from "./project.ts";
import { letters } from "./workflows.ts";

const files = { "workflow.ts": letters, "a.txt": "one", "b.txt": "two" };
const htmlIn = (folder: string) => readdirSync(folder).filter((name) => /html|\.new/.test(name));

test("before anything has run there is nothing to report, and none is written", async () => {
  const { folder, braid } = project(files);
  expect(await braid("--report")).toMatchObject({
    code: 2,
    stdout: "",
    stderr: `Cannot write the report "report.html": nothing has run here yet
  folder  ${folder}
  Run the workflow first, or use -d for another working folder.
`,
  });
  expect(htmlIn(folder)).toEqual([]);
});

test("the page of a run is report.html, or the one that is named, from where the command is typed", async () => {
  const { folder, braid, read } = project({ "workflow.ts": letters, "made/a.txt": "1", "made/b.txt": "2" });
  await braid("-d", "made", "-j", "1");
  const { code, stdout } = await braid("-d", "made", "--report");
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: expect.stringMatching(
      /^report\.html is written, \d+\.\d kB; the data of all jobs are in report_files beside it\.\n$/,
    ),
  });
  expect(read("report.html")).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/);
  expect(read("report.html")).toContain("braid -d made -j 1");
  expect(read("report.html")).toContain("4 up to date");
  mkdirSync(join(folder, "pages"));
  await braid("-d", "made", "--report", "pages/one.html");
  expect(readdirSync(join(folder, "pages")).sort()).toEqual(["one.html", "one_files"]);
  expect(read("pages/one_files/jobs.js")).toMatch(/^braidData\("jobs",/);
  // Links lead from the page to the working folder.
  expect(read("pages/one.html")).toContain('href="./../made/');
  expect(htmlIn(join(folder, "made"))).toEqual([]);
  const dry = await braid("-d", "made", "--report", "pages/two.html", "-n");
  expect(dry.stdout).toBe("pages/two.html would be written.\n");
  expect(existsSync(join(folder, "pages/two.html"))).toBe(false);
});

test("a page takes the place of an older page, and of nothing else", async () => {
  const { braid, read, write } = project({ ...files, "other.ts": "export {};\n", "own.html": "by hand\n" });
  await braid();
  expect((await braid("--report")).code).toBe(0);
  expect((await braid("--report")).code).toBe(0);
  for (const name of ["other.ts", ".braid/journal", "own.html"]) {
    const before = read(name);
    for (const more of [[], ["-n"]])
      expect(await braid("--report", name, ...more)).toMatchObject({
        code: 2,
        stdout: "",
        stderr: expect.stringContaining(`Cannot write the report "${name}": `),
      });
    expect(read(name)).toBe(before);
  }
  write("report.html", "<!doctype html>\n");
  expect((await braid("--report")).stderr).toContain("not a report of a workflow");
});

test("a page goes nowhere where the workflow has a file, where no folder is, or beside another command", async () => {
  const { braid, read } = project(files);
  await braid();
  const made = await braid("--report", "out/all.txt");
  expect(made).toMatchObject({
    code: 2,
    stderr: `Cannot write the report "out/all.txt": the workflow makes or reads this file
  Name another file: --report FILE.
`,
  });
  expect(read("out/all.txt")).not.toContain("html");
  const beside = await braid("--report", "out/all.html");
  expect(beside.code).toBe(0);
  const nowhere = await braid("--report", "no/report.html");
  expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining("does not exist") });
  const both = await braid("--report", "--summary");
  expect(both.stderr).toBe('Cannot do "--summary": --report is given as well; use one of them at a time\n');
});

test("data of a page go nowhere where the workflow has a file, or where another file stands", async () => {
  const own = `import { writeFileSync } from "node:fs";
import { rule, workflow } from "braid-engine";
const one = rule({ output: "report_files/jobs.js", run: ({ output }) => writeFileSync(output, "mine") });
export default workflow({ rules: { one } });
`;
  const { braid, read, write } = project({ "workflow.ts": own });
  await braid();
  expect(await braid("--report")).toMatchObject({
    code: 2,
    stderr: `Cannot write the report "report.html": the workflow makes or reads "report_files/jobs.js", where the report keeps its data
  Name another file: --report FILE.
`,
  });
  write("other_files/jobs.js", "by hand");
  expect((await braid("--report", "other.html")).stderr).toContain("is not data of a report");
  expect(read("other_files/jobs.js")).toBe("by hand");
  expect(read("report_files/jobs.js")).toBe("mine");
});

test("the live view of folders: each must be there, and they are named once", async () => {
  const { folder, braid } = project(files);
  expect(await braid("ui", "expA", "-d", "expB")).toMatchObject({
    code: 2,
    stderr: `Cannot show "expA": folders are named twice, after ui and with -d
  Name all of them after ui: ui expB expA.
`,
  });
  expect(await braid("ui", ".", "expB")).toMatchObject({
    code: 2,
    stderr: `Cannot show "${join(folder, "expB")}": the folder does not exist
  Name working folders after ui, or one with -d.
`,
  });
});
