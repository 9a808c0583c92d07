/** What the command line tells of shell commands and rules, and what it deletes. */
import { existsSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { project } from "./project.ts";

const workflow = `
import { directory, expand, rule, temp, workflow } from "braid-engine";

const sorted = rule({
  input: "{name}.txt",
  output: temp("sorted/{name}.txt"),
  params: { flags: ["-r"] },
  resources: { threads: 2 },
  log: "logs/{name}.log",
  shell: "sort {params.flags} --parallel={threads} {input:q} > {output:q}\\necho {wildcards.name} {attempt} {resources.gpu} > {log}",
});
const late = rule({
  input: sorted.output,
  output: "late/{name}.txt",
  params: ({ input }) => ({ size: process.getBuiltinModule("fs").readFileSync(input).length }),
  shell: "echo {params.size} > {output}",
});
export default workflow({
  rules: {
    all: rule({ input: expand(late.output, { name: ["a", "b"] }) }),
    late,
    sorted,
    folder: rule({ output: directory("folder"), run: () => {} }),
  },
});
`;
const files = { "workflow.ts": workflow, "a.txt": "1\n2\n", "b.txt": "3\n" };

test("-p with -n shows the command of each job with its final paths, as far as it can be known", async () => {
  const { braid } = project(files);
  const { stdout } = await braid("-n", "-p");
  expect(stdout).toContain(`sorted (name=a)
    reason: missing output sorted/a.txt
    sort -r --parallel=2 a.txt > sorted/a.txt
    echo a 1 <gpu> > logs/a.log
`);
  expect(stdout).toMatch(
    /late \(name=a\)\n {4}reason: .*\n {4}<not known before its inputs are made: .*ENOENT/,
  );
  expect((await braid("-n")).stdout).not.toContain("sort -r");
  const [first] = (await braid("-n", "-p", "--json")).stdout.split("\n");
  expect(JSON.parse(first!)).toMatchObject({ rule: "sorted", command: expect.stringContaining("sort -r") });
});

test("-p shows the commands of a run as they start", async () => {
  const { stdout } = await project(files).braid("-p");
  expect(stdout).toContain("sorted (name=b)\n    sort -r --parallel=2 b.txt > sorted/b.txt\n");
  expect(stdout).toContain("late (name=b)\n    echo 2 > late/b.txt\n");
});

test("after -- all words are targets, and -j alone takes all cores", async () => {
  const { braid } = project(files);
  expect((await braid("--", "-n")).stderr).toContain('Cannot make "-n": no rule makes it');
  expect((await braid("-n", "--quiet", "-j", "--", "./late/a.txt")).stdout).toMatch(/total +2\n/);
});

test("--list-rules tells the rules and what each makes", async () => {
  expect((await project(files).braid("--list-rules")).stdout).toBe(`all     (no output)
late    late/{name}.txt
sorted  sorted/{name}.txt
folder  folder/
`);
  expect((await project(files).braid("--list-target-rules")).stdout).toBe(
    "all     (no output)\nfolder  folder/\n",
  );
});

test("--delete-temp-output deletes what is marked temp(), and with -n only lists it", async () => {
  const { folder, braid } = project(files);
  await braid("--notemp");
  expect((await braid("--delete-temp-output", "-n")).stdout).toBe(
    "sorted/a.txt\nsorted/b.txt\n2 outputs would be deleted.\n",
  );
  expect(existsSync(join(folder, "sorted/a.txt"))).toBe(true);
  expect((await braid("--delete-temp-output")).stdout).toMatch(/2 outputs deleted\.\n$/);
  expect([existsSync(join(folder, "sorted")), existsSync(join(folder, "late/a.txt"))]).toEqual([false, true]);
  expect((await braid()).stdout).toMatch(/^Nothing to be done/);
});

test("--max-checksum-file-size: larger files are compared by size and time alone", async () => {
  const { folder, braid, write } = project(files);
  await braid("--max-checksum-file-size", "1");
  utimesSync(join(folder, "a.txt"), new Date(), new Date());
  expect((await braid("-n", "--quiet", "--max-checksum-file-size", "1")).stdout).toMatch(/sorted +1 +0\n/);
  write("a.txt", "1\n2\n");
  expect((await braid("--max-checksum-file-size", "much")).stderr).toContain(
    '"much" is not a whole number from 0',
  );
});
