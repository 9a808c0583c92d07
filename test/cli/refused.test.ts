/** What a run cannot do is told by its dry run in the same words, and with the same exit code. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { project } from "./project.ts";

const locked = `
import { protect, rule, workflow } from "@braid/engine";
const p = rule({ input: "s.txt", output: protect("p.txt"), shell: "cp {input} {output}" });
const q = rule({ output: "q.txt", shell: "echo q > {output}" });
export default workflow({ rules: { all: rule({ input: [p.output, q.output] }), p, q } });
`;

test("a protected output is refused by both; -k goes on past it, and --delete-all-output leaves it", async () => {
  const { braid, write, folder } = project({ "workflow.ts": locked, "s.txt": "1\n" });
  const stands = (path: string) => existsSync(join(folder, path));
  expect((await braid()).code).toBe(0);
  write("s.txt", "2\n");
  expect((await braid("--delete-all-output")).stdout).toBe(
    "q.txt\np.txt is kept: it is protected.\n1 output deleted.\n",
  );
  const message = 'Cannot make "p.txt": it is protected, and would have to be made again';
  for (const options of [["-n"], []]) {
    const { code, stderr } = await braid(...options);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(message) });
  }
  expect(stands("q.txt")).toBe(false);
  const ahead = await braid("-n", "-k");
  expect(ahead).toMatchObject({ code: 1, stderr: expect.stringContaining(`p: ${message}`) });
  const { code, stdout } = await braid("-k");
  expect({ code, stdout }).toEqual({ code: 1, stdout: expect.stringContaining(message) });
  expect([stands("p.txt"), stands("q.txt")]).toEqual([true, true]);
});

const lacking = `
import { expand, rule, workflow } from "@braid/engine";
const make = rule({ input: "{n}.in", output: "{n}.out", shell: "cp {input} {output}" });
const sum = rule({ input: expand("{x}.csv", { x: ["a", "b"] }), output: "sum", shell: "cat {input} > {output}" });
export default workflow({
  rules: { all: rule({ input: ["1.out", "2.out", "3.out", "sum"] }), make, sum },
});
`;

test("missing sources are all named by both, by the rules that need them; -k makes what it can", async () => {
  const { braid, folder } = project({ "workflow.ts": lacking, "1.in": "1\n" });
  const lines = [
    'Cannot make "2.in": no rule makes it and the file does not exist',
    "  wanted by    make (n=2)",
    "  missing too  3.in",
    "  missing too  a.csv (wanted by sum)",
    "  missing too  b.csv (wanted by sum)",
  ];
  for (const options of [["-n"], []])
    expect(await braid(...options)).toMatchObject({ code: 2, stderr: `${lines.join("\n")}\n` });
  const ahead = await braid("-n", "-k");
  expect(ahead.code).toBe(1);
  for (const job of ["make (n=2)", "make (n=3)", "sum"])
    expect(ahead.stderr).toContain(`${job}: Cannot make`);
  const { code, stdout } = await braid("-k");
  expect(code).toBe(1);
  expect(stdout).toContain("1 job done, 3 failed, 1 not run because of that");
  expect(stdout).toContain("Warning: Cannot make sum: a.csv, b.csv do not exist.");
  // These jobs never began: they have no log.
  expect(stdout).not.toMatch(/^ {2}log/m);
  expect(existsSync(join(folder, "1.out"))).toBe(true);
});

test("a job that cannot say what else it needs fails in both with -k, once it could be asked", async () => {
  const workflow = `
import { writeFileSync } from "node:fs";
import { after, rule, workflow } from "@braid/engine";
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
